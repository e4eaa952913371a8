import type { InitiatingEntity, SessionEndReason } from './ended-session.js';
import type { ApplicationId, SessionId, TenantId, UserId } from './ids.js';
import type { PolicyRuleReference } from './policy/policy.js';
import type { Revocation } from './revocation.js';
import type { Instant, SessionDevice } from './session.js';

export type SessionEventType = 'SESSION_STARTED' | 'SESSION_REFRESHED' | 'SESSION_REVOKED' | 'SESSION_LIMIT_EXCEEDED';

/** The user, application and session that an event concerns. They decide which callers may see it. */
export interface ConcernedParty {
  /** Null when it is not known, or is that of FusionAuth's only tenant. */
  readonly tenantId: TenantId | null;
  /** Null when it is about every user of the application. */
  readonly userId: UserId | null;
  /** Null for an SSO session, and when it is about every application. */
  readonly applicationId: ApplicationId | null;
  /** Null when it is about more than one session, or about one that is not known. */
  readonly sessionId: SessionId | null;
}

/** Something that has happened to sessions. */
export interface SessionEvent extends ConcernedParty {
  /** Opaque, so that nobody learns from it how much happens to others. Another process has other ids. */
  readonly id: string;
  readonly type: SessionEventType;
  /** Why a session was revoked; null for other events. */
  readonly reason: SessionEndReason | null;
  readonly initiatingEntity: InitiatingEntity | null;
  readonly occurredAt: Instant;
  /** What resource servers must refuse from now on; null when no access token depends on it. */
  readonly revocation: RecordedRevocation | null;
  /** The device of the session, or that somebody signed in with, as it is recorded; absent when it is not known. */
  readonly device?: SessionDevice | undefined;
  /** The policy rule that caused it; absent when none did. */
  readonly policy?: PolicyNote;
}

/** The rule of a session policy because of which something has happened, or would have. */
export interface PolicyNote {
  readonly rule: PolicyRuleReference;
  /** The sessions above the budget that stay, oldest first and at most 100; empty when sessions have ended. */
  readonly surplusSessionIds: readonly SessionId[];
  /** How many sessions are above the budget, also beyond the 100 that are listed. */
  readonly surplusCount: number;
}

/** The member of an event about a session that a rule has ended; none without a rule. */
export function policyNoteOf(rule: PolicyRuleReference | undefined): Pick<SessionEvent, 'policy'> {
  return rule === undefined ? {} : { policy: { rule, surplusSessionIds: [], surplusCount: 0 } };
}

/** A revocation as it is remembered. */
export interface RecordedRevocation extends Revocation {
  /** Opaque, like that of an event. Another process has other ids. */
  readonly id: string;
}
