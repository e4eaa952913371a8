import type { SessionEvent } from '../session-event.js';

/** Delivers what has happened to sessions to subscribers, in the order in which it was published. */
export interface SessionEventFeed {
  /**
   * What is published from now on and matches: once the promise resolves, nothing is missed. Nothing is left out: a
   * subscriber who reads too slowly is cut off with a {@link SubscriptionOverflowError} once what waited has been read,
   * and everybody with a {@link StoreUnavailableError} when events may have been lost, or cannot be followed for long.
   * Return from the iterator to stop.
   * @param after Begin after the event with this id instead.
   * @throws InvalidInputError when the event is not remembered; StoreUnavailableError when events cannot be followed.
   */
  subscribe(
    matches: (event: SessionEvent) => boolean,
    after: string | null,
  ): Promise<AsyncIterableIterator<SessionEvent>>;
}
