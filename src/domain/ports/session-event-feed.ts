import type { SessionEvent } from '../session-event.js';

/** Tells those who listen what has happened to sessions, in the order in which it was published. */
export interface SessionEventFeed {
  publish(event: Omit<SessionEvent, 'id'>): Promise<void>;
  /**
   * What is published from now on and matches. Nothing is left out: one who reads too slowly is cut off with a
   * {@link SubscriptionOverflowError} once what waited has been read. Return from it to stop listening.
   * @param after Begin after the event with this id instead.
   * @throws InvalidInputError when the event is not remembered.
   */
  subscribe(matches: (event: SessionEvent) => boolean, after: string | null): AsyncIterableIterator<SessionEvent>;
}
