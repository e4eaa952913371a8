import type { TokenClaims } from '../domain/token-claims.js';

/** What a guard makes of an access token. */
export type GuardDecision = AcceptedToken | RefusedToken;

export interface AcceptedToken {
  readonly ok: true;
  /** What the token says, verified. */
  readonly claims: TokenClaims;
  /** Its `sid`, in lower case. Null only where tokens without a session are accepted. */
  readonly sessionId: string | null;
  /** Its `sub`, in lower case. Null when that is not the id of a user. */
  readonly userId: string | null;
  /**
   * How long ago its session was last known to live, in seconds: a revocation that was lost on its way is no older. Null
   * when that is not known: without a session, without a lease (`maxRevocationLagSeconds: 0`), and where the token says
   * that it is yet to be issued and nobody could be asked.
   */
  readonly lagSeconds: number | null;
  /**
   * Why a revocation may have been overlooked; null when none was, as far as the service knows.
   *
   * - `feedDown`: the feed is away and `whenFeedIsDown` is `accept`.
   * - `unconfirmed`: its session could not be confirmed, and the guard is configured to accept it all the same.
   * - `lag`: the service does not get to confirm its session within `maxRevocationLagSeconds`; `lagSeconds` says how long
   *   it was.
   */
  readonly doubt: 'feedDown' | 'unconfirmed' | 'lag' | null;
}

export interface RefusedToken {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** The HTTP status to answer with: 401 when another token may do, 503 when it cannot be told now. */
  readonly status: 401 | 503;
}

/**
 * Why a token is refused. For logs and metrics; the bearer of the token need not know.
 *
 * - `missing`: there is none.
 * - `invalid`: it is not an access token that FusionAuth signed for this resource server.
 * - `expired`: it was one.
 * - `revoked`: its session was revoked.
 * - `ended`: its session does not live any more: it has expired, its user is deactivated, or it was revoked.
 * - `noSession`: it has no `sid`, so that it could not be revoked with a session.
 * - `uncertain`: it is older than what the guard knows of, and the guard is configured to refuse it then; or its tenant
 *   is beyond what the service key reaches.
 * - `feedDown`: the feed is away and `whenFeedIsDown` is `refuse`.
 * - `unconfirmed`: the service could not be asked about its session and `whenFeedIsDown` is `refuse`.
 * - `keysUnavailable`: FusionAuth's public keys could not be fetched.
 */
export type RefusalReason =
  | 'missing'
  | 'invalid'
  | 'expired'
  | 'revoked'
  | 'ended'
  | 'noSession'
  | 'uncertain'
  | 'feedDown'
  | 'unconfirmed'
  | 'keysUnavailable';

const statuses: Readonly<Record<RefusalReason, 401 | 503>> = {
  missing: 401,
  invalid: 401,
  expired: 401,
  revoked: 401,
  ended: 401,
  noSession: 401,
  uncertain: 401,
  feedDown: 503,
  unconfirmed: 503,
  keysUnavailable: 503,
};

export function refused(reason: RefusalReason): RefusedToken {
  return { ok: false, reason, status: statuses[reason] };
}
