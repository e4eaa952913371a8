import type { EndedSession } from '../ended-session.js';
import type { SessionId, TenantId } from '../ids.js';
import type { Revocation, TokenIdentity } from '../revocation.js';
import type { Instant } from '../session.js';
import type { RecordedRevocation, Subject } from '../session-event.js';

/** What has ended lately, and which access tokens must be refused because of it. */
export interface RevocationMemory {
  /** Remembers a revocation until no access token depends on it any more. */
  remember(revocation: Revocation, tenantId: TenantId | null): Promise<RecordedRevocation>;
  /** What must be refused now and matches, in the order in which it was remembered. */
  list(range: RevocationRange, matches: (subject: Subject) => boolean): Promise<readonly RecordedRevocation[]>;
  /** Revocations before this may be missing: the memory began then, or had to forget some. */
  completeSince(): Promise<Instant>;
  /** Whether one of them is about this access token. Takes the same time however many there are. */
  refuses(token: TokenIdentity): Promise<boolean>;
  /** Remembers how a session ended, in place of what was known before. */
  rememberEnded(ended: EndedSession, tenantId: TenantId | null): Promise<void>;
  /** How a session ended; null when that is not known, or no longer. */
  findEnded(id: SessionId): Promise<RememberedEnding | null>;
}

export interface RevocationRange {
  /** Only those remembered at this instant or later. Null for all. */
  readonly since: Instant | null;
  /** Only those remembered after the one with this id. Null for all. */
  readonly after: string | null;
  readonly first: number;
}

export interface RememberedEnding {
  readonly ended: EndedSession;
  readonly tenantId: TenantId | null;
}
