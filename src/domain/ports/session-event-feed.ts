import type { SessionEvent } from '../session-event.js';

/**
 * Delivers events to subscribers, in the order in which they were published, at every replica the same. A subscriber
 * that is cut off comes back with the id of the last event that it has read, or reads the revocations anew.
 */
export interface SessionEventFeed {
  /**
   * The matching events that are published from now on: once the promise resolves, none is missed or left out. A
   * subscriber that reads too slowly is cut off with a {@link SubscriptionOverflowError} once it has read the waiting
   * events. Every subscriber is cut off with a {@link StoreUnavailableError} when events may have been lost or cannot
   * be followed for long. Return from the iterator to stop.
   * @param after Begin after the event with this id instead.
   * @param last Without `after`, begin with so many of the matching events that were published last and are remembered.
   * @throws InvalidInputError when the event is not remembered; StoreUnavailableError when events cannot be followed.
   */
  subscribe(
    matches: (event: SessionEvent) => boolean,
    after: string | null,
    last?: number,
  ): Promise<AsyncIterableIterator<SessionEvent>>;
}
