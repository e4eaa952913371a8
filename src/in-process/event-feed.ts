import { InvalidInputError } from '../domain/errors.js';
import type { SessionEventFeed } from '../domain/ports/session-event-feed.js';
import type { SessionEvent } from '../domain/session-event.js';
import { SubscriberQueue } from './subscriber-queue.js';

export interface InProcessEventFeedOptions {
  /** How many events may wait to be read by one subscriber. */
  readonly maxWaitingEvents: number;
  /** How many events are remembered, for subscribers that come back. */
  readonly maxRememberedEvents: number;
  /** The position of the event with an id, from 1 on; null for an id of another log. */
  readonly positionOf: (id: string) => number | null;
}

/** How far back the last events of a subscriber are searched, which takes a few milliseconds. */
const maxLookedAt = 10_000;

type Matches = Parameters<SessionEventFeed['subscribe']>[0];

/** The subscribers of this process, and the newest events of the log that they follow. */
export class InProcessEventFeed implements SessionEventFeed {
  readonly #subscribers = new Map<SubscriberQueue<SessionEvent>, Matches>();
  /** The newest events, at their position modulo the number that is remembered. */
  #remembered: SessionEvent[] = [];
  /** Events after this position are remembered. */
  #start = 0;
  #latest = 0;
  /** Set while nobody can subscribe. */
  #refusal: Error | null = null;
  #isClosed = false;

  constructor(private readonly options: InProcessEventFeedOptions) {}

  /** The number of subscribers. */
  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** The most events that wait for one subscriber. */
  get waitingEvents(): number {
    let most = 0;
    for (const { waitingCount } of this.#subscribers.keys()) most = Math.max(most, waitingCount);
    return most;
  }

  /** The events that are remembered, in any order. */
  get remembered(): readonly SessionEvent[] {
    return this.#remembered.filter((event) => event !== undefined);
  }

  /** @param position One more than that of the event before. */
  publish(event: SessionEvent, position: number): void {
    this.#remember(event, position);
    for (const [subscriber, matches] of this.#subscribers) if (matches(event)) subscriber.push(event);
  }

  /**
   * Begins anew after a position, with events before it for subscribers that come back. Open subscriptions get no more.
   */
  restart(position: number, remembered: readonly { readonly event: SessionEvent; readonly position: number }[]): void {
    this.#remembered = [];
    const [oldest] = remembered;
    this.#start = oldest === undefined ? position : oldest.position - 1;
    this.#latest = this.#start;
    for (const one of remembered) this.#remember(one.event, one.position);
    this.#latest = position;
  }

  async subscribe(matches: Matches, after: string | null, last = 0): Promise<AsyncIterableIterator<SessionEvent>> {
    if (this.#refusal !== null) throw this.#refusal;
    const missed = after === null ? this.#last(matches, last) : this.#since(after, matches);
    const { maxWaitingEvents } = this.options;
    const subscriber = new SubscriberQueue<SessionEvent>(maxWaitingEvents, () => this.#subscribers.delete(subscriber));
    this.#subscribers.set(subscriber, matches);
    if (this.#isClosed) subscriber.end();
    for (const event of missed) subscriber.push(event);
    return subscriber;
  }

  /** Ends every subscription with an error, once its waiting events have been read. */
  cutOff(error: Error): void {
    for (const subscriber of [...this.#subscribers.keys()]) subscriber.end(error);
  }

  /** Refuses new subscriptions with an error, or takes them again. */
  refuse(error: Error | null): void {
    this.#refusal = error;
  }

  /** Ends every subscription, once its waiting events have been read, and new ones at once. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#subscribers.keys()) subscriber.end();
  }

  #remember(event: SessionEvent, position: number): void {
    const { maxRememberedEvents } = this.options;
    this.#remembered[position % maxRememberedEvents] = event;
    this.#latest = position;
    this.#start = Math.max(this.#start, position - maxRememberedEvents);
  }

  /** The last matching events, in order, and no more than may wait. */
  #last(matches: Matches, count: number): readonly SessionEvent[] {
    const { maxRememberedEvents, maxWaitingEvents } = this.options;
    const found: SessionEvent[] = [];
    const oldest = Math.max(this.#start, this.#latest - maxLookedAt);
    for (
      let position = this.#latest;
      position > oldest && found.length < Math.min(count, maxWaitingEvents);
      position--
    ) {
      const event = this.#remembered[position % maxRememberedEvents];
      if (event !== undefined && matches(event)) found.push(event);
    }
    return found.reverse();
  }

  #since(id: string, matches: Matches): readonly SessionEvent[] {
    const position = this.options.positionOf(id);
    const { maxRememberedEvents } = this.options;
    if (position === null || position < Math.max(1, this.#start) || position > this.#latest) {
      throw new InvalidInputError(
        ['after'],
        'after names an event that is not remembered any more, or one of another log. Events may have been missed: see revocations for what to refuse.',
      );
    }
    const found: SessionEvent[] = [];
    for (let next = position + 1; next <= this.#latest; next++) {
      const event = this.#remembered[next % maxRememberedEvents];
      if (event !== undefined && matches(event)) found.push(event);
    }
    return found;
  }
}
