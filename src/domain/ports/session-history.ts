import type { SessionEndReason } from '../ended-session.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../ids.js';
import type { PolicyRuleReference } from '../policy/policy.js';
import type { RevocationCause } from '../revocation-cause.js';
import type { Instant, SessionDevice } from '../session.js';

/**
 * The record of sessions that ended or were to end, on whose behalf and why, for people who investigate. An ending
 * appears in the same atomic step as its event. Entries that are recorded at the same moment have one order in every
 * page.
 */
export interface SessionHistory {
  /**
   * A page of `first` entries that match, or fewer when there are no more, the one that was recorded last first. Pages
   * stay as they are while sessions go on ending.
   * @param after Begin after the entry with this id. Null for the newest.
   * @param onLookedAt Called with the number of entries that this process looks at, as it goes on. An error that it
   * throws ends the listing.
   * @throws InvalidInputError when `after` is no id of an entry; StoreUnavailableError.
   */
  list(
    filter: HistoryFilter,
    first: number,
    after: string | null,
    onLookedAt?: (entries: number) => void,
  ): Promise<readonly HistoryEntry[]>;
  /** Entries that were recorded before this instant are not kept, or may be missing. @throws StoreUnavailableError */
  keptSince(): Promise<Instant>;
  /**
   * Records revocations that failed. Endings are recorded by the SessionLog, which publishes them.
   * @throws StoreUnavailableError when they are not recorded: the caller reports that and goes on, for the audit record
   * and the answer say the same.
   */
  recordFailed(failures: readonly FailedRevocation[]): Promise<void>;
}

/** What an entry has to match. Null matches any. */
export interface HistoryFilter {
  readonly userId: UserId | null;
  readonly sessionId: SessionId | null;
  readonly applicationId: ApplicationId | null;
  /** The name of the caller on whose behalf it was done. */
  readonly actorName: string | null;
  /** The person on whose behalf it was done. */
  readonly actorUserId: UserId | null;
  readonly requestId: string | null;
  readonly reason: SessionEndReason | null;
  readonly outcome: HistoryOutcome | null;
  /** Recorded at this instant or later. */
  readonly since: Instant | null;
  /** Recorded before this instant. */
  readonly until: Instant | null;
}

/** `alreadyEnded`: the operation found the session gone, and no ending was on record. */
export type RecordedOutcome = 'revoked' | 'alreadyEnded';

/** `failed`: FusionAuth refused the revocation or did not answer; if it was carried out all the same, another entry says so. */
export type HistoryOutcome = RecordedOutcome | 'failed';

export interface HistoryEntry {
  /** Opaque. */
  readonly id: string;
  readonly recordedAt: Instant;
  readonly outcome: HistoryOutcome;
  readonly sessionId: SessionId;
  readonly userId: UserId;
  /** Null for an SSO session. */
  readonly applicationId: ApplicationId | null;
  /** Null when it is not known. */
  readonly tenantId: TenantId | null;
  readonly reason: SessionEndReason;
  /** Null where the revocation failed. */
  readonly endedAt: Instant | null;
  /** The session that stays in its place; null when none does, and where the revocation failed. */
  readonly replacedBySessionId: SessionId | null;
  /** The device of the session, as it is recorded; absent when it is not known. */
  readonly device?: SessionDevice | undefined;
  /** The rule of the session policy that ended it; absent when none did. */
  readonly policyRule?: PolicyRuleReference;
  /** Null for a session that this service did not revoke. */
  readonly cause: RevocationCause | null;
}

/** A revocation after which the session may live. */
export interface FailedRevocation
  extends Pick<HistoryEntry, 'sessionId' | 'userId' | 'applicationId' | 'tenantId' | 'device'> {
  readonly cause: RevocationCause;
}
