import type { ApplicationId, SessionId, UserId } from './ids.js';
import type { Instant } from './session.js';

/**
 * Names the access tokens that resource servers must refuse although signature and expiry are in order: those that
 * match every member that is not null. At least one member is not null.
 */
export interface Revocation {
  /** Null when more than one session was revoked at once. */
  readonly sessionId: SessionId | null;
  /** Null when the sessions of every user of the application were. */
  readonly userId: UserId | null;
  /** Null when it holds for every application. */
  readonly applicationId: ApplicationId | null;
  /** It does not cover access tokens issued later. */
  readonly issuedBefore: Instant;
  /** After this instant every access token issued before the revocation has expired. */
  readonly expiresAt: Instant;
}

/** The claims of an access token by which revocations cover it. */
export interface TokenIdentity {
  /** Its `sid`; null when it has none, and so belongs to no session that could be revoked. */
  readonly sessionId: SessionId | null;
  /** Its `sub`; null when that is not a user. */
  readonly userId: UserId | null;
  /** The applications it is for: `aud` and `applicationId`. */
  readonly applicationIds: readonly ApplicationId[];
  /** Its `iat`, in seconds. */
  readonly issuedAtSeconds: number;
}

/**
 * Whether a revocation covers an access token.
 *
 * `iat` has a resolution of one second, so a token of the second of the revocation may be older or newer than it; it
 * counts as older, as FusionAuth advises. A session that has ended never lives again, so its tokens are refused
 * whatever their `iat`: the clocks of FusionAuth and of this service need not agree.
 * @see https://fusionauth.io/articles/tokens/revoking-jwts
 */
export function concerns(revocation: Revocation, token: TokenIdentity): boolean {
  const { sessionId, userId, applicationId, issuedBefore } = revocation;
  if (sessionId !== null) return sessionId === token.sessionId;
  return (
    (userId === null || userId === token.userId) &&
    (applicationId === null || token.applicationIds.includes(applicationId)) &&
    token.issuedAtSeconds <= Math.floor(issuedBefore / 1_000)
  );
}
