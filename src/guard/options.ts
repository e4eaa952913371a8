import type { Revocation } from '../domain/revocation.js';
import type { GuardError } from './guard-error.js';

/** How a guard reaches the service, which tokens it accepts, and how it decides without certainty. */
export interface GuardOptions {
  /** Where fusionauth-sessions listens, without `/graphql`, such as `https://sessions.internal.example`. */
  readonly serviceUrl: string;
  /**
   * A service key with the permissions `event:subscribe` and `session:read`. It must reach every application and tenant
   * whose tokens are accepted here, because the service reports no revocations beyond its bounds. The guard checks that
   * before it is ready.
   */
  readonly serviceKey: string;
  /** Which access tokens are accepted. */
  readonly accessTokens: GuardAccessTokenOptions;
  /**
   * The tenants whose revocations are followed, for a key that may act in several: one or more, all over one feed.
   * Tokens of other tenants are refused. Default is every tenant that the key reaches.
   */
  readonly tenantIds?: string | readonly string[] | undefined;
  /**
   * How long after a revocation its tokens may still be accepted, whichever messages are lost (in seconds). A session
   * is accepted only if it was known to live within that time, and the guard asks the service about sessions in use
   * before the time is over. While the service cannot keep up, `onLagChange` and the decision report the actual lag. 0
   * switches this off: the guard then never learns of a revocation that FusionAuth's webhook does not deliver, and
   * accepts its tokens until they expire. Default is 300 (5 minutes).
   */
  readonly maxRevocationLagSeconds?: number | undefined;
  /**
   * What happens to valid tokens while the feed has been away for longer than `feedToleranceMs`, or when the service
   * cannot be asked about an uncertain one. Without a default, because either may be wrong for you:
   *
   * - `accept` keeps requests flowing, and sessions that are revoked meanwhile keep working until their tokens expire.
   * - `refuse` answers 503, and an outage of the service is one of yours.
   */
  readonly whenFeedIsDown: 'accept' | 'refuse';
  /**
   * How long ago the last contact with the service may be before `whenFeedIsDown` applies (in milliseconds). At most
   * for this time tokens are accepted without knowledge of new revocations. Time in which the process or the machine
   * stands still counts. The guard asks the service three times within it. At least 100. Default is 15000 (15 seconds).
   */
  readonly feedToleranceMs?: number | undefined;
  /**
   * How to decide about tokens that were issued before the time of which the guard knows all revocations, which begins
   * when the service started or last forgot some. There are no such tokens once the service has run for longer than
   * tokens live. Default is `confirm`.
   *
   * - `confirm` asks the service, once for each session, whether it still lives.
   * - `accept` accepts them.
   * - `refuse` answers 401, so that clients fetch a newer token.
   */
  readonly uncertainTokens?: 'confirm' | 'accept' | 'refuse' | undefined;
  /**
   * Whether tokens without a `sid` are accepted. They belong to no session, so only revocations of all sessions of a
   * user or an application cover them. Default is `false`.
   */
  readonly acceptTokensWithoutSession?: boolean | undefined;
  /** Called each time the feed changes its state. Exceptions are ignored. */
  readonly onFeedChange?: ((change: FeedChange) => void) | undefined;
  /**
   * Called once for each revocation that becomes known, including those before the start: to end cookie sessions, or to
   * close WebSockets. Exceptions are ignored.
   */
  readonly onRevoked?: ((revocation: Revocation) => void) | undefined;
  /**
   * Called when the lag of accepted sessions exceeds `maxRevocationLagSeconds`, when it grows notably, and when the
   * lease holds again. Exceptions are ignored.
   */
  readonly onLagChange?: ((change: LagChange) => void) | undefined;
  /**
   * Called with each failure of the feed, and with failures of every other code at most once a second. Exceptions are
   * ignored.
   */
  readonly onError?: ((error: GuardError) => void) | undefined;

  /** How long `ready` waits (in milliseconds). Default is 30000 (30 seconds). */
  readonly readyTimeoutMs?: number | undefined;
  /** How long the service may take to begin a stream, or to answer a query (in milliseconds). Default is 10000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * How long the stream of events may be silent before it is begun anew (in milliseconds). The service sends a comment
   * every 12 seconds. Default is 15000 (15 seconds).
   */
  readonly keepAliveTimeoutMs?: number | undefined;
  /**
   * The longest wait before the first attempt to reconnect (in milliseconds); it doubles with each one after. The wait
   * is chosen at random between 0 and that. Default is 250.
   */
  readonly reconnectBaseMs?: number | undefined;
  /** The longest wait before any attempt to reconnect (in milliseconds). Default is 10000 (10 seconds). */
  readonly reconnectMaxMs?: number | undefined;
  /**
   * How far the clocks of FusionAuth, the service and this machine may be apart (in milliseconds). More makes more
   * tokens uncertain after a start of the service. Default is 60000 (one minute).
   */
  readonly clockSlackMs?: number | undefined;
  /**
   * How many revocations are held; about 250 bytes each. When there are more, those that expire soonest are forgotten
   * and tokens as old as they are become uncertain. Default is 250000.
   */
  readonly maxRevocations?: number | undefined;
  /**
   * How many verified tokens of up to 2048 characters are remembered, about as many bytes each, so that a token
   * that comes again costs a fifteenth. Their times, and whether their session was revoked, are checked each time, and
   * the signature again whenever FusionAuth's keys have changed. 0 remembers none, so that no token stays in memory.
   * Default is 5000.
   */
  readonly maxRememberedTokens?: number | undefined;
  /** How many live sessions are remembered, to spare questions. Default is 100000. */
  readonly maxConfirmedSessions?: number | undefined;
  /** How many calls ask about sessions at the same time, each about up to 500. Default is 10. */
  readonly maxConcurrentConfirmations?: number | undefined;
  /**
   * How many sessions may wait to be asked about. Further ones are accepted with the doubt `lag`, or, if a revocation
   * may have been missed, decided as if the service could not be asked. Default is 10000.
   */
  readonly maxWaitingConfirmations?: number | undefined;
}

/** Which access tokens a guard accepts. Exactly one of `jwksUrl` and `fusionAuthUrl` has to name the keys. */
export interface GuardAccessTokenOptions {
  /** The address of the JSON Web Key Set. */
  readonly jwksUrl?: string | undefined;
  /** Where FusionAuth listens; its keys are at `/.well-known/jwks.json` there. */
  readonly fusionAuthUrl?: string | undefined;
  /** The `iss` that is accepted, or several. */
  readonly issuer: string | readonly string[];
  /** The `aud` that is accepted, or several: the ids of the applications whose tokens are meant for this server. */
  readonly audience: string | readonly string[];
  /**
   * The `tid` that is accepted, or several: tenant ids. Tokens of tenants that share an issuer differ only in this.
   * Default is those of `tenantIds`, and without these any tenant with an accepted issuer.
   */
  readonly tenantId?: string | readonly string[] | undefined;
  /** Signature algorithms, asymmetric ones only. Default is `['RS256']`, as in FusionAuth. */
  readonly algorithms?: readonly string[] | undefined;
  /** How far beyond `exp` and before `nbf` a token is accepted (in seconds). Default is 5. */
  readonly clockToleranceSeconds?: number | undefined;
}

/**
 * The state of the feed:
 *
 * - `starting`: the first catch-up is not done. `whenFeedIsDown` applies.
 * - `connected`: revocations are known as they happen.
 * - `away`: they are not known as they happen; the last contact is less than `feedToleranceMs` ago.
 * - `down`: it is longer ago. `whenFeedIsDown` applies.
 */
export type FeedState = 'starting' | 'connected' | 'away' | 'down';

export interface FeedChange {
  readonly state: FeedState;
  readonly previousState: FeedState;
}

export interface LagChange {
  /**
   * The longest time since accepted sessions were last known to live, in seconds; the configured time when the lease
   * holds.
   */
  readonly lagSeconds: number;
  readonly maxRevocationLagSeconds: number;
}
