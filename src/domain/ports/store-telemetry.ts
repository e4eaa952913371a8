import type { Instant } from '../session.js';

/** What adapters of the stores' ports report to those who run the service. None of it throws. */
export interface StoreTelemetry {
  /** Revocations before this instant may be missing from now on: some had to be forgotten, or may never have arrived. */
  completenessMoved(completeSince: Instant): void;
  /** The database that replicas share cannot be reached, with the cause, or can be reached again. */
  databaseAvailability(isAvailable: boolean, cause: unknown): void;
  /** Published events may be lost, for this reason: all that is known is read again, and streams end. */
  eventsMayBeLost(reason: string): void;
  /** The database has been away for so long that streams end, and nobody can open one until it is back. */
  eventsOutOfReach(): void;
  /** Sessions are ended without telling other replicas. */
  endingsUnshared(error: unknown): void;
  /** The database could not be kept in order. */
  databaseNotInOrder(error: unknown): void;
}
