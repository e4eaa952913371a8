import type { TokenClaims } from '../domain/token-claims.js';

/** The decision of a guard about an access token. */
export type GuardDecision = AcceptedToken | RefusedToken;

export interface AcceptedToken {
  readonly ok: true;
  /** The verified claims of the token. */
  readonly claims: TokenClaims;
  /** Its `sid`, in lower case. Null only where tokens without a session are accepted. */
  readonly sessionId: string | null;
  /** Its `sub`, in lower case. Null when that is not the id of a user. */
  readonly userId: string | null;
  /**
   * How long ago its session was last known to live, in seconds: a lost revocation can be no older. Null when that is
   * not known: without a session, without a lease (`maxRevocationLagSeconds: 0`), and when `iat` is in the future and
   * the service could not be asked.
   */
  readonly lagSeconds: number | null;
  /**
   * Why a revocation may have been overlooked; null when none was, as far as the service knows.
   *
   * - `feedDown`: the feed is away and `whenFeedIsDown` is `accept`.
   * - `unconfirmed`: its session could not be confirmed, and the guard is configured to accept it all the same.
   * - `lag`: the service cannot confirm its session within `maxRevocationLagSeconds`; `lagSeconds` is the lag instead.
   */
  readonly doubt: 'feedDown' | 'unconfirmed' | 'lag' | null;
}

export interface RefusedToken {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** The HTTP status to answer with: 401 when another token may be accepted, 503 when the guard cannot decide now. */
  readonly status: 401 | 503;
  /**
   * The check that an `invalid` token has failed, for logs: mostly the claim or header that FusionAuth writes, such as
   * `iss`, `aud`, `tid`, `alg` or `kid`, or `signature`. When every token fails the same one, look at the options of the
   * guard. Absent for other reasons.
   */
  readonly failedCheck?: string;
}

/**
 * Why a token is refused: for logs and metrics, not for the bearer of the token.
 *
 * - `missing`: the request has no token.
 * - `invalid`: it is not an access token that FusionAuth signed for this resource server.
 * - `expired`: it was such an access token, and has expired.
 * - `revoked`: its session was revoked.
 * - `ended`: its session no longer lives: it has expired, its user is deactivated, or it was revoked.
 * - `noSession`: it has no `sid`, so no revocation of a session could cover it.
 * - `uncertain`: it is older than the revocations that the guard knows completely, and the guard is configured to
 *   refuse it then; or the service key does not reach its tenant.
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

export function refusedAsInvalid(failedCheck: string): RefusedToken {
  return { ...refused('invalid'), failedCheck };
}
