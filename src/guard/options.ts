import type { Revocation } from '../domain/revocation.js';
import type { GuardError } from './guard-error.js';

/** How a guard reaches the service, which tokens it accepts, and what it does when it cannot know. */
export interface GuardOptions {
  /** Where fusionauth-sessions listens, without `/graphql`, such as `https://sessions.internal.example`. */
  readonly serviceUrl: string;
  /**
   * A service key with the permissions `event:subscribe` and `session:read`. It must reach every application and tenant
   * whose tokens are accepted here, which is looked at before the guard is ready: what is revoked beyond its bounds is
   * not told.
   */
  readonly serviceKey: string;
  /** Which access tokens are accepted. */
  readonly accessTokens: GuardAccessTokenOptions;
  /**
   * The tenants whose revocations are followed, for a key that may act in several: one or more, all over one feed. Tokens
   * of other tenants are refused. Default is what the key reaches.
   */
  readonly tenantIds?: string | readonly string[] | undefined;
  /**
   * How long after a revocation its tokens may be accepted at the latest, whatever is lost on the way (in seconds): a
   * session is accepted only if it was known to live within that time, and the service is asked about sessions that are in
   * use before that is over. Where the service cannot keep up, `onLagChange` and the decision say how long it is instead.
   * 0 switches this off: a revocation that FusionAuth's webhook does not deliver is then never learnt of, and the tokens
   * are accepted until they expire. Default is 300 (5 minutes).
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
   * How long ago the last contact with the service may be before `whenFeedIsDown` applies (in milliseconds): the time
   * for which tokens are accepted, and revocations not known, at most. Time in which the process or the machine stands
   * still counts. The service is asked three times within it. From 100. Default is 15000 (15 seconds).
   */
  readonly feedToleranceMs?: number | undefined;
  /**
   * What happens to tokens that were issued before the time that the guard knows all revocations of, because the
   * service began or forgot something only then. There are none once the service has run for longer than tokens live.
   * Default is `confirm`.
   *
   * - `confirm` asks the service, once for each session, whether it still lives.
   * - `accept` accepts them.
   * - `refuse` answers 401, so that clients fetch a newer token.
   */
  readonly uncertainTokens?: 'confirm' | 'accept' | 'refuse' | undefined;
  /**
   * Whether tokens without a `sid` are accepted: they belong to no session, so only revocations of all sessions of a
   * user or an application reach them. Default is `false`.
   */
  readonly acceptTokensWithoutSession?: boolean | undefined;
  /** Called each time the feed changes its state. Exceptions are ignored. */
  readonly onFeedChange?: ((change: FeedChange) => void) | undefined;
  /**
   * Called once for each revocation that becomes known, those included that happened before the start: to end cookie
   * sessions, or to close WebSockets. Exceptions are ignored.
   */
  readonly onRevoked?: ((revocation: Revocation) => void) | undefined;
  /**
   * Called when sessions were accepted that were last known to live longer ago than `maxRevocationLagSeconds`, when that
   * grows notably, and when it holds again. Exceptions are ignored.
   */
  readonly onLagChange?: ((change: LagChange) => void) | undefined;
  /**
   * Called with what goes wrong: each time for the feed, and at most once a second for each other code. Exceptions are
   * ignored.
   */
  readonly onError?: ((error: GuardError) => void) | undefined;

  /** How long `ready` waits (in milliseconds). Default is 30000 (30 seconds). */
  readonly readyTimeoutMs?: number | undefined;
  /** How long the service may take to begin an answer, or give a whole one (in milliseconds). Default is 10000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * How long the stream of events may be silent before it is begun anew (in milliseconds). The service says something
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
  /** How many sessions are remembered to live, so as not to ask again. Default is 100000. */
  readonly maxConfirmedSessions?: number | undefined;
  /** How many calls ask about sessions at the same time, each about up to 500. Default is 10. */
  readonly maxConcurrentConfirmations?: number | undefined;
  /**
   * How many sessions may wait to be asked about. Further ones are accepted with the doubt `lag` meanwhile; where a
   * revocation may have been missed, they count as impossible to ask about. Default is 10000.
   */
  readonly maxWaitingConfirmations?: number | undefined;
}

/** Which access tokens a guard accepts. Exactly one of `jwksUrl` and `fusionAuthUrl` says where the keys are. */
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
   * The `tid` that is accepted, or several: the ids of tenants. Tenants may share an issuer, and their tokens then differ
   * in this only. Default is any tenant with an accepted issuer.
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
  /** How long ago accepted sessions were last known to live, at most, in seconds; the configured time when that holds. */
  readonly lagSeconds: number;
  readonly maxRevocationLagSeconds: number;
}
