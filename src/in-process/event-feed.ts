import { InvalidInputError } from '../domain/errors.js';
import type { SessionEventFeed } from '../domain/ports/session-event-feed.js';
import type { SessionEvent } from '../domain/session-event.js';
import { Sequence } from './sequence.js';
import { SubscriberQueue } from './subscriber-queue.js';

export interface InProcessEventFeedOptions {
  /** How many events may wait to be read by one subscriber. */
  readonly maxWaitingEvents: number;
  /** How many events are remembered, for subscribers who come back. */
  readonly maxRememberedEvents: number;
}

type Matches = Parameters<SessionEventFeed['subscribe']>[0];

/** Events of this process. Those of other replicas never arrive here. */
export class InProcessEventFeed implements SessionEventFeed {
  readonly #sequence = new Sequence();
  readonly #subscribers = new Map<SubscriberQueue<SessionEvent>, Matches>();
  /** The newest events, at their position modulo the number that is remembered. */
  readonly #remembered: SessionEvent[] = [];
  #published = 0;
  #isClosed = false;

  constructor(private readonly options: InProcessEventFeedOptions) {}

  /** How many listen. */
  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  publish(facts: Omit<SessionEvent, 'id'>): void {
    const event = { ...facts, id: this.#sequence.next().id };
    this.#remembered[this.#published % this.options.maxRememberedEvents] = event;
    this.#published++;
    for (const [subscriber, matches] of this.#subscribers) if (matches(event)) subscriber.push(event);
  }

  async subscribe(matches: Matches, after: string | null): Promise<AsyncIterableIterator<SessionEvent>> {
    const missed = after === null ? [] : this.#since(after).filter(matches);
    const { maxWaitingEvents } = this.options;
    const subscriber = new SubscriberQueue<SessionEvent>(maxWaitingEvents, () => this.#subscribers.delete(subscriber));
    this.#subscribers.set(subscriber, matches);
    if (this.#isClosed) subscriber.end();
    for (const event of missed) subscriber.push(event);
    return subscriber;
  }

  /** Ends every subscription, once what waits has been read, and those to come at once. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#subscribers.keys()) subscriber.end();
  }

  #since(id: string): readonly SessionEvent[] {
    const position = this.#sequence.positionOf(id);
    const { maxRememberedEvents } = this.options;
    const missed = this.#published - (position ?? 0);
    if (position === null || missed > maxRememberedEvents) {
      throw new InvalidInputError(
        ['after'],
        'after names an event that is not remembered any more, or one of another process. Events may have been missed: see revocations for what to refuse.',
      );
    }
    return Array.from(
      { length: missed },
      (_, index) => this.#remembered[(position + index) % maxRememberedEvents],
    ).filter((event) => event !== undefined);
  }
}
