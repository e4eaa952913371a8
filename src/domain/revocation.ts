import type { ApplicationId, SessionId, UserId } from './ids.js';
import type { Instant } from './session.js';

/**
 * What resource servers must refuse, because it was revoked and access tokens issued before are still good otherwise.
 * It is about the access tokens that match every member that is not null; at least one is not.
 */
export interface Revocation {
  /** Null when more than one session was revoked at once. */
  readonly sessionId: SessionId | null;
  /** Null when the sessions of every user of the application were. */
  readonly userId: UserId | null;
  /** Null when it holds for every application. */
  readonly applicationId: ApplicationId | null;
  /** Access tokens issued later are not concerned. */
  readonly issuedBefore: Instant;
  /** No access token issued before the revocation is good any more after this. */
  readonly expiresAt: Instant;
}

/** What an access token says that revocations are about. */
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
 * Whether a revocation is about an access token.
 *
 * `iat` has a resolution of one second, so a token of the second of the revocation may be older or newer than it; it
 * counts as older, as FusionAuth advises. A session that has ended never lives again, so its tokens are refused whenever
 * they say to have been issued: the clocks of FusionAuth and of this service need not agree.
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
