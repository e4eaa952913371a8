import type { SessionEndReason } from '../ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../ids.js';
import type { Instant } from '../session.js';
import type { RememberedEnding } from './revocation-memory.js';

/** Which sessions have ended, on whose behalf and why: for people who have to find out. */
export interface SessionHistory {
  /**
   * A page of `first` endings that match, or fewer when there are no more, the one that was recorded last first. Pages
   * stay as they are while sessions go on ending.
   * @param after Begin after the entry with this id. Null for the newest.
   * @throws InvalidInputError when `after` is no id of an entry; StoreUnavailableError.
   */
  list(filter: HistoryFilter, first: number, after: string | null): Promise<readonly HistoryEntry[]>;
  /** Endings that were recorded before this instant are not kept, or may be missing. @throws StoreUnavailableError */
  keptSince(): Promise<Instant>;
}

/** What an entry has to match. Null matches any. */
export interface HistoryFilter {
  readonly userId: UserId | null;
  readonly sessionId: SessionId | null;
  readonly applicationId: ApplicationId | null;
  /** The name of the caller on whose behalf it ended. */
  readonly actorName: string | null;
  readonly reason: SessionEndReason | null;
  /** Recorded at this instant or later. */
  readonly since: Instant | null;
  /** Recorded before this instant. */
  readonly until: Instant | null;
}

export interface HistoryEntry extends RememberedEnding {
  /** Opaque. */
  readonly id: string;
  readonly recordedAt: Instant;
}
