import type { OperationScope } from './operation-scope.js';

/** A subscription as a caller asks for it. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The event after which the client goes on, by its `Last-Event-ID`; null without one. */
  readonly lastEventId: string | null;
}

/** The scope of a subscription. */
export interface SubscriptionScope extends OperationScope {
  readonly lastEventId: string | null;
}

/** A stream of events, after each of which a client can resume. */
export class ResumableEvents<Event> implements AsyncIterableIterator<Event> {
  /** @param idOf The id by which a client that resumes names the event. */
  constructor(
    private readonly events: AsyncIterator<Event>,
    readonly idOf: (event: Event) => string,
  ) {}

  next(): Promise<IteratorResult<Event>> {
    return this.events.next();
  }

  /** Takes effect at once, also while an event is waited for. */
  async return(): Promise<IteratorResult<Event>> {
    await this.events.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** What a subscriber reads of an event. Subscribers who are shown the same of it may share one. */
export interface StreamedResult {
  /** The result of the execution as JSON, on one line. */
  readonly json: string;
  /** Null where clients cannot come back after the result. */
  readonly eventId: string | null;
}
