import type { GuardError } from './guard-error.js';

/** How a guard reaches the service, which tokens it accepts, and what it does when it cannot know. */
export interface GuardOptions {
  /** Where fusionauth-sessions listens, without `/graphql`, such as `https://sessions.internal.example`. */
  readonly serviceUrl: string;
  /**
   * A service key with the permissions `event:subscribe` and `session:read`. It must reach every tenant and application
   * whose tokens come here: sessions beyond its bounds do not exist for it, and their uncertain tokens are refused.
   */
  readonly serviceKey: string;
  /** Which access tokens are accepted. */
  readonly accessTokens: GuardAccessTokenOptions;
  /**
   * What happens to valid tokens while the feed has been away for longer than `feedToleranceMs`, or when the service
   * cannot be asked about an uncertain one. Without a default, because either may be wrong for you:
   *
   * - `accept` keeps requests flowing, and sessions that are revoked meanwhile keep working until their tokens expire.
   * - `refuse` answers 503, and an outage of the service is one of yours.
   */
  readonly whenFeedIsDown: 'accept' | 'refuse';
  /**
   * How long the feed may be away before `whenFeedIsDown` applies (in milliseconds). Tokens are accepted meanwhile and
   * what was missed is caught up on afterwards. Default is 15000 (15 seconds).
   */
  readonly feedToleranceMs?: number;
  /**
   * What happens to tokens that were issued before the time that the guard knows all revocations of, because the
   * service began or forgot something only then. There are none once the service has run for longer than tokens live.
   * Default is `confirm`.
   *
   * - `confirm` asks the service, once for each session, whether it still lives.
   * - `accept` accepts them.
   * - `refuse` answers 401, so that clients fetch a newer token.
   */
  readonly uncertainTokens?: 'confirm' | 'accept' | 'refuse';
  /**
   * Whether tokens without a `sid` are accepted: they belong to no session, so only revocations of all sessions of a
   * user or an application reach them. Default is `false`.
   */
  readonly acceptTokensWithoutSession?: boolean;
  /** Called each time the feed changes its state. Exceptions are ignored. */
  readonly onFeedChange?: (change: FeedChange) => void;
  /**
   * Called with what goes wrong: each time for the feed, and at most once a second for each other code. Exceptions are
   * ignored.
   */
  readonly onError?: (error: GuardError) => void;

  /** How long `ready` waits (in milliseconds). Default is 30000 (30 seconds). */
  readonly readyTimeoutMs?: number;
  /** How long the service may take to begin an answer, or give a whole one (in milliseconds). Default is 10000. */
  readonly requestTimeoutMs?: number;
  /**
   * How long the feed may be silent before the connection counts as lost (in milliseconds). The service says something
   * every 12 seconds. Default is 30000 (30 seconds).
   */
  readonly keepAliveTimeoutMs?: number;
  /**
   * The longest wait before the first attempt to reconnect (in milliseconds); it doubles with each one after. The wait
   * is chosen at random between 0 and that. Default is 250.
   */
  readonly reconnectBaseMs?: number;
  /** The longest wait before any attempt to reconnect (in milliseconds). Default is 10000 (10 seconds). */
  readonly reconnectMaxMs?: number;
  /**
   * How far the clocks of FusionAuth, the service and this machine may be apart (in milliseconds). More makes more
   * tokens uncertain after a start of the service. Default is 60000 (one minute).
   */
  readonly clockSlackMs?: number;
  /**
   * How many revocations are held; about 250 bytes each. When there are more, those that expire soonest are forgotten
   * and tokens as old as they are become uncertain. Default is 250000.
   */
  readonly maxRevocations?: number;
  /** How many sessions are remembered to live, so as not to ask again. Default is 100000. */
  readonly maxConfirmedSessions?: number;
  /** How many sessions are asked about at the same time. Default is 10. */
  readonly maxConcurrentConfirmations?: number;
  /** How many sessions may wait to be asked about; further ones count as impossible to ask about. Default is 1000. */
  readonly maxWaitingConfirmations?: number;
}

/** Which access tokens a guard accepts. Exactly one of `jwksUrl` and `fusionAuthUrl` says where the keys are. */
export interface GuardAccessTokenOptions {
  /** The address of the JSON Web Key Set. */
  readonly jwksUrl?: string;
  /** Where FusionAuth listens; its keys are at `/.well-known/jwks.json` there. */
  readonly fusionAuthUrl?: string;
  /** The `iss` that is accepted, or several. */
  readonly issuer: string | readonly string[];
  /** The `aud` that is accepted, or several: the ids of the applications whose tokens are meant for this server. */
  readonly audience: string | readonly string[];
  /**
   * The `tid` that is accepted, or several: the ids of tenants. Tenants may share an issuer, and their tokens then differ
   * in this only. Default is any tenant with an accepted issuer.
   */
  readonly tenantId?: string | readonly string[];
  /** Signature algorithms, asymmetric ones only. Default is `['RS256']`, as in FusionAuth. */
  readonly algorithms?: readonly string[];
  /** How far beyond `exp` and before `nbf` a token is accepted (in seconds). Default is 5. */
  readonly clockToleranceSeconds?: number;
}

/**
 * The state of the feed:
 *
 * - `starting`: the first catch-up is not done. `whenFeedIsDown` applies.
 * - `connected`: revocations are known as they happen.
 * - `away`: the connection is lost, for less than `feedToleranceMs`.
 * - `down`: it is away for longer. `whenFeedIsDown` applies.
 */
export type FeedState = 'starting' | 'connected' | 'away' | 'down';

export interface FeedChange {
  readonly state: FeedState;
  readonly previousState: FeedState;
}
