import type { Instant } from '../session.js';

/** The reports of the stores for operators. No method throws. */
export interface StoreTelemetry {
  /** Revocations before this instant may be missing from now on: some had to be forgotten, or may never have arrived. */
  completenessMoved(completeSince: Instant): void;
  /** The database that replicas share cannot be reached, with the cause, or can be reached again. */
  databaseAvailability(isAvailable: boolean, cause: unknown): void;
  /** The database refuses a further connection, for this cause, while others are open and serve. */
  databaseRefusesConnections(cause: unknown): void;
  /** Published events may be lost, for this reason. The replica reads everything again, and streams end. */
  eventsMayBeLost(reason: string): void;
  /** The database has been away for so long that streams end, and nobody can open one until it is back. */
  eventsOutOfReach(): void;
  /** The process ends while revocations wait for a database that is away: so many are published by nobody. */
  keptRevocationsDropped(sessions: number): void;
  /** Sessions are ended although their claims could not be shared with other replicas. */
  endingsUnshared(error: unknown): void;
  /** The housekeeping of the database failed. */
  databaseNotInOrder(error: unknown): void;
}
