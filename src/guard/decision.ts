import type { TokenClaims } from '../domain/token-claims.js';

/** The decision of a guard about an access token. */
export type GuardDecision = AcceptedToken | RefusedToken;

export interface AcceptedToken {
  readonly ok: true;
  /** The claims of the token, verified. */
  readonly claims: TokenClaims;
  /** Its `sid`, in lower case. Null only where tokens without a session are accepted. */
  readonly sessionId: string | null;
  /** Its `sub`, in lower case. Null when that is not the id of a user. */
  readonly userId: string | null;
  /**
   * Why the guard may have overlooked a revocation; null when it has not, as far as the service knows.
   *
   * - `feedDown`: the feed is away and `whenFeedIsDown` is `accept`.
   * - `unconfirmed`: the token is older than the guard's knowledge, and the guard is configured to accept it all the
   *   same.
   */
  readonly doubt: 'feedDown' | 'unconfirmed' | null;
}

export interface RefusedToken {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** The HTTP status to answer with: 401 when another token may do, 503 when the guard cannot decide now. */
  readonly status: 401 | 503;
}

/**
 * Why a token is refused. For logs and metrics; the bearer of the token need not know.
 *
 * - `missing`: there is none.
 * - `invalid`: it is not an access token that FusionAuth signed for this resource server.
 * - `expired`: it was one.
 * - `revoked`: its session has ended.
 * - `noSession`: it has no `sid`, so no session could be revoked with it.
 * - `uncertain`: it is older than the guard's knowledge, and the guard is configured to refuse it then.
 * - `feedDown`: the feed is away and `whenFeedIsDown` is `refuse`.
 * - `unconfirmed`: the service did not answer about its session and `whenFeedIsDown` is `refuse`.
 * - `keysUnavailable`: FusionAuth's public keys could not be fetched.
 */
export type RefusalReason =
  | 'missing'
  | 'invalid'
  | 'expired'
  | 'revoked'
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
  noSession: 401,
  uncertain: 401,
  feedDown: 503,
  unconfirmed: 503,
  keysUnavailable: 503,
};

export function refused(reason: RefusalReason): RefusedToken {
  return { ok: false, reason, status: statuses[reason] };
}
