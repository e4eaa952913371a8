import type { EndedSession } from '../ended-session.js';
import type { SessionId, TenantId, UserId } from '../ids.js';
import type { TokenIdentity } from '../revocation.js';
import type { RevocationCause } from '../revocation-cause.js';
import type { Instant } from '../session.js';
import type { RecordedRevocation } from '../session-event.js';

/**
 * Remembers recent endings, and the access tokens that must be refused because of them. Only the SessionLog fills it,
 * so that an event, its revocation and its ending appear together.
 *
 * Where the store may lag or is away, the methods reject rather than answer with a list that looks complete: callers
 * let the StoreUnavailableError through, and guards go on with the revocations that they know. {@link covers} still
 * answers.
 */
export interface RevocationMemory {
  /**
   * A page of the revocations that must be applied now, in the order of their publication: `first` of them, or fewer
   * when there are no more. It takes time in proportion to the page, not to the memory.
   * @param onLookedAt Called with the number of entries that were looked at, including those that are over. An error
   * that it throws is passed on.
   * @throws InvalidInputError when `after` is not remembered; StoreUnavailableError when the memory may lag behind what
   * other replicas have published.
   */
  list(range: RevocationRange, onLookedAt?: (entries: number) => void): Promise<readonly RememberedRevocation[]>;
  /** Revocations before this may be missing: the memory began then, or had to forget some. @throws StoreUnavailableError */
  completeSince(): Promise<Instant>;
  /**
   * Records that revocations before this instant may be missing: {@link completeSince} is no earlier from now on.
   * @throws StoreUnavailableError
   */
  missedBefore(instant: Instant): Promise<void>;
  /**
   * Whether a revocation covers this access token. Answers at once from the memory of this process, in the same time
   * however many revocations there are.
   */
  covers(token: TokenIdentity): boolean;
  /** How a session ended; null when that is not known, or no longer. @throws StoreUnavailableError */
  findEnded(id: SessionId): Promise<RememberedEnding | null>;
}

export interface RevocationRange {
  /** Only those published at this instant or later. Null for all. */
  readonly since: Instant | null;
  /** Only those published after the one with this id. Null for all. */
  readonly after: string | null;
  readonly first: number;
  /** Only those about this user. Null for all. */
  readonly userId: UserId | null;
  /**
   * Only those that are known to be of one of these tenants. Entries of other tenants do not make the page slower. Null
   * for all.
   */
  readonly tenantIds: ReadonlySet<TenantId> | null;
}

export interface RememberedRevocation extends RecordedRevocation {
  readonly tenantId: TenantId | null;
}

export interface RememberedEnding {
  readonly ended: EndedSession;
  readonly tenantId: TenantId | null;
  /** Null for one that this service did not revoke. */
  readonly cause: RevocationCause | null;
}
