import type { Caller } from '../caller.js';
import type { SessionEndReason } from '../ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../ids.js';
import type { PolicyRuleReference } from '../policy/policy.js';
import type { Instant } from '../session.js';

/** The audit record of one session that an operation set out to end. */
export interface AuditEntry {
  readonly at: Instant;
  readonly requestId: string;
  /** Who asked: the name of a service key, or the subject of an access token. */
  readonly actor: string;
  readonly actorKind: Caller['kind'];
  /** The address of the request: that of a proxy, unless the service trusts the proxy to name the client. */
  readonly clientAddress: string;
  /** Null for a refresh token that was revoked by its value: only FusionAuth knows whose it is. */
  readonly userId: UserId | null;
  /** Null for the same reason. */
  readonly sessionId: SessionId | null;
  /** Null for an SSO session, and for the same reason. */
  readonly applicationId: ApplicationId | null;
  readonly reason: SessionEndReason;
  /** The caller's comment, for the record only. */
  readonly comment: string | null;
  /** The rule of the session policy that ends it; absent when none does. */
  readonly policyRule?: PolicyRuleReference;
  readonly outcome: 'revoked' | 'alreadyEnded' | 'failed';
  /** Why it failed, for those who run the service; null when it did not. */
  readonly cause: Error | null;
}

/** Writes the record. Never throws: a record that cannot be written must not hide a revocation. */
export interface AuditLog {
  record(entry: AuditEntry): void;
  /**
   * Waits, for a bounded time, until all records so far would survive the end of this process.
   * @returns false when some would not, or may be lost. Never rejects.
   */
  written(): Promise<boolean>;
}
