import type { EndedSession } from '../ended-session.js';
import type { SessionId, TenantId, UserId } from '../ids.js';
import type { TokenIdentity } from '../revocation.js';
import type { RevocationCause } from '../revocation-cause.js';
import type { Instant } from '../session.js';
import type { RecordedRevocation } from '../session-event.js';

/**
 * What has ended lately, and which access tokens must be refused because of it. Filled by the SessionLog alone, so that
 * an event, its revocation and its ending appear together.
 *
 * Where the store may lag or is away, nothing is answered that could be taken for complete: callers let the
 * StoreUnavailableError through, and guards go on with what they know. {@link covers} goes on answering.
 */
export interface RevocationMemory {
  /**
   * What must be refused now, in the order in which it was published: a page of `first`, or fewer when there are no
   * more. Takes as long as there are entries in the page, not as there are in all.
   * @param onLookedAt Called with the number of entries that were looked at, those included that are over; what it throws
   * is thrown.
   * @throws InvalidInputError when `after` is not remembered; StoreUnavailableError when the memory may lag behind what
   * other replicas have published.
   */
  list(range: RevocationRange, onLookedAt?: (entries: number) => void): Promise<readonly RememberedRevocation[]>;
  /** Revocations before this may be missing: the memory began then, or had to forget some. @throws StoreUnavailableError */
  completeSince(): Promise<Instant>;
  /**
   * Says that revocations before this instant may be missing: {@link completeSince} is no earlier from now on.
   * @throws StoreUnavailableError
   */
  missedBefore(instant: Instant): Promise<void>;
  /**
   * Whether one of the revocations is about this access token. Answers from the memory of this process: it waits for
   * nothing, and takes the same time however many there are.
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
  /** Only those that are known to be of one of these tenants, of which the page costs no more than its own. Null for all. */
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
