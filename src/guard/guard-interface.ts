/// <reference lib="esnext.disposable" preserve="true" />
import type { TokenClaims } from '../domain/token-claims.js';
import type { GuardDecision } from './decision.js';
import type { FeedState } from './options.js';

/** Accepts access tokens of FusionAuth, and refuses those of revoked sessions at once. Close it when done. */
export interface Guard extends AsyncDisposable {
  /**
   * Resolves once the guard knows all revocations, has FusionAuth's keys, and has checked that its service key reaches
   * everything that it accepts. Listen for requests after that.
   *
   * @throws GuardError with the code `NOT_READY` when it takes longer than `readyTimeoutMs`, and at once when the
   * service refuses for a reason that does not pass; `cause` is the reason. The guard goes on trying, and this can be
   * called again.
   */
  ready(): Promise<void>;

  /**
   * Verifies an access token and decides about it. It waits only for FusionAuth's keys (kept for 10 minutes), and for
   * the service about sessions that it does not know to live (see `uncertainTokens` and `maxRevocationLagSeconds`).
   * Never throws.
   *
   * @param token The text behind `Bearer ` in the Authorization header; undefined or null when there is none.
   */
  check(token: string | null | undefined): Promise<GuardDecision>;

  /**
   * Decides about a token that you have verified yourself: signature, `exp`, `iss`, `aud`, and that it is no ID token.
   * Never throws; a value that is no claims is refused as `invalid`, as are claims without the `tid` of a tenant that
   * `tenantIds` or `accessTokens.tenantId` name.
   */
  checkClaims(claims: TokenClaims | null | undefined): Promise<GuardDecision>;

  /**
   * Whether a known revocation covers a token that you have verified yourself. A look-up in memory, whose cost does not
   * depend on the number of revocations. It does not apply `whenFeedIsDown` and `uncertainTokens`: see `checkClaims`.
   */
  isRevoked(claims: TokenClaims): boolean;

  /** Whether revocations arrive at the moment. */
  readonly feedState: FeedState;

  /** How many revocations are held in memory. */
  readonly revocationCount: number;

  /**
   * How long after a revocation its tokens are refused at the latest, in seconds, whichever messages are lost: as
   * configured, or longer while the service cannot keep up. Null without a lease.
   */
  readonly revocationLagSeconds: number | null;

  /** Stops following. Resolves when nothing of the guard keeps the process alive any more. */
  close(): Promise<void>;
}
