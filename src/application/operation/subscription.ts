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

/**
 * The key under which a result carries the id of its event. JSON leaves symbols out, because the id belongs to the
 * connection.
 */
export const eventId: unique symbol = Symbol('eventId');

/** A result of a subscription. It has no id where clients cannot resume after it. */
export interface Identified {
  readonly [eventId]?: string;
}

/** Null where clients cannot resume after the result. */
export function eventIdOf(result: object): string | null {
  const id = eventId in result ? result[eventId] : null;
  return typeof id === 'string' ? id : null;
}
