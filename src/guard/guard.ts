import type { TokenIdentity } from '../domain/revocation.js';
import { identityOf, type TokenClaims } from '../domain/token-claims.js';
import { type AcceptedToken, type GuardDecision, refused } from './decision.js';
import { FeedHealth } from './feed-health.js';
import { GuardError, type GuardErrorCode } from './guard-error.js';
import { KnownRevocations } from './known-revocations.js';
import type { FeedState, GuardOptions } from './options.js';
import { Readiness } from './readiness.js';
import { RevocationFeed } from './revocation-feed.js';
import { type GuardRuntime, systemRuntime } from './runtime.js';
import { ServiceClient } from './service-client.js';
import { SessionConfirmer } from './session-confirmer.js';
import { type GuardSettings, settingsOf } from './settings.js';
import { TokenVerifier } from './token-verifier.js';

export type { TokenClaims } from '../domain/token-claims.js';
export type { AcceptedToken, GuardDecision, RefusalReason, RefusedToken } from './decision.js';
export { GuardError, type GuardErrorCode } from './guard-error.js';
export type { FeedChange, FeedState, GuardAccessTokenOptions, GuardOptions } from './options.js';

/** Accepts access tokens of FusionAuth, and refuses those of revoked sessions at once. Dispose of it when done. */
export interface Guard extends AsyncDisposable {
  /**
   * Resolves when everything that must be refused is known for the first time. Listen for requests after that.
   *
   * @throws GuardError with the code `NOT_READY` when it takes longer than `readyTimeoutMs`. The guard goes on trying,
   *   and this can be called again.
   */
  ready(): Promise<void>;

  /**
   * Verifies an access token and decides about it. Asks nobody but for FusionAuth's keys (kept for 10 minutes) and for
   * uncertain tokens (see `uncertainTokens`). Never throws.
   *
   * @param token What follows `Bearer ` in the Authorization header; undefined or null when there is none.
   */
  check(token: string | null | undefined): Promise<GuardDecision>;

  /**
   * Decides about a token that you have verified yourself: signature, `exp`, `iss`, `aud`, and that it is no ID token.
   * Never throws; anything but claims is refused as invalid.
   */
  checkClaims(claims: TokenClaims | null | undefined): Promise<GuardDecision>;

  /**
   * Whether a known revocation covers a token that you have verified yourself. A look-up in memory, whose
   * cost does not depend on the number of revocations. It knows nothing of `whenFeedIsDown` and `uncertainTokens`: see
   * `checkClaims`.
   */
  isRevoked(claims: TokenClaims): boolean;

  /** Whether the guard receives revocations at the moment. */
  readonly feedState: FeedState;

  /** How many revocations are held in memory. */
  readonly revocationCount: number;
}

/**
 * Starts to follow what is revoked.
 *
 * @example
 *
 * ```ts
 * await using guard = createGuard({
 *   serviceUrl: 'https://sessions.internal.example',
 *   serviceKey,
 *   accessTokens: { fusionAuthUrl: 'https://auth.example', issuer: 'acme.com', audience: applicationId },
 *   whenFeedIsDown: 'refuse',
 * });
 * await guard.ready();
 * const decision = await guard.check(token);
 * if (!decision.ok) return answer(decision.status);
 * ```
 *
 * @param overrides Parts of the surroundings to replace, for tests.
 * @throws TypeError that names every option that is wrong.
 */
export function createGuard(options: GuardOptions, overrides: Partial<GuardRuntime> = {}): Guard {
  return new FollowingGuard(settingsOf(options), options, { ...systemRuntime, ...overrides });
}

/**
 * How often a kind of trouble that any request can meet is reported, in milliseconds. The feed reports all of its own.
 */
const repeatedErrorMs = 1_000;

class FollowingGuard implements Guard {
  readonly #verifier: TokenVerifier;
  readonly #known: KnownRevocations;
  readonly #confirmer: SessionConfirmer;
  readonly #health: FeedHealth;
  readonly #readiness = new Readiness();
  readonly #disposal = new AbortController();
  readonly #running: Promise<void>;
  #latestTrouble: GuardError | null = null;
  readonly #silentUntilMs = new Map<GuardErrorCode, number>();

  constructor(
    private readonly settings: GuardSettings,
    private readonly callbacks: Pick<GuardOptions, 'onError' | 'onFeedChange'>,
    private readonly runtime: GuardRuntime,
  ) {
    const { signal } = this.#disposal;
    const onError = (error: GuardError) => this.#tell(error);
    const client = new ServiceClient(settings, runtime);
    this.#verifier = new TokenVerifier(settings.accessTokens, runtime.now);
    this.#confirmer = new SessionConfirmer({ settings, runtime, client, onError, signal });
    this.#known = new KnownRevocations({
      maxRevocations: settings.maxRevocations,
      clockSlackMs: settings.clockSlackMs,
      tokenToleranceMs: settings.accessTokens.clockToleranceSeconds * 1_000,
      now: runtime.now,
      onForgotten: ({ sessionId }) => {
        if (sessionId === null) this.#confirmer.forgetAll();
        else this.#confirmer.forget(sessionId);
        onError(new GuardError('MEMORY_FULL', `More is revoked than maxRevocations (${settings.maxRevocations})`));
      },
    });
    this.#health = new FeedHealth(settings.feedToleranceMs, (change) => ignoringErrors(callbacks.onFeedChange, change));
    const feed = new RevocationFeed({
      settings,
      runtime,
      client,
      known: this.#known,
      health: this.#health,
      onConnected: () => this.#readiness.reach(),
      onGap: () => {
        this.#confirmer.forgetAll();
        onError(new GuardError('GAP', 'Revocations may have been missed while the feed was away'));
      },
      onError,
    });
    this.#running = feed.run(signal);
  }

  get feedState(): FeedState {
    return this.#health.state;
  }

  get revocationCount(): number {
    return this.#known.size;
  }

  ready(): Promise<void> {
    if (this.#disposal.signal.aborted) return Promise.reject(disposed());
    return this.#readiness.within(this.settings.readyTimeoutMs, () => this.#latestTrouble);
  }

  async check(token: string | null | undefined): Promise<GuardDecision> {
    try {
      const verified = await this.#verifier.verify(token);
      return verified.claims === null ? refused(verified.reason) : await this.checkClaims(verified.claims);
    } catch (error) {
      if (error instanceof GuardError) this.#tell(error);
      return refused('keysUnavailable');
    }
  }

  isRevoked(claims: TokenClaims): boolean {
    return this.#known.refuse(identityOf(claims));
  }

  async checkClaims(claims: TokenClaims | null | undefined): Promise<GuardDecision> {
    if (typeof claims !== 'object' || claims === null) return refused('invalid');
    const { whenFeedIsDown, acceptTokensWithoutSession, uncertainTokens } = this.settings;
    const token = identityOf(claims);
    if (token.sessionId === null && !acceptTokensWithoutSession) return refused('noSession');
    if (this.#known.refuse(token)) return refused('revoked');
    if (this.#health.isDown) {
      return whenFeedIsDown === 'accept' ? accepted(claims, token, 'feedDown') : refused('feedDown');
    }
    if (!this.#known.mayMissOneAbout(token)) return accepted(claims, token, null);
    switch (uncertainTokens) {
      case 'accept':
        return accepted(claims, token, 'unconfirmed');
      case 'refuse':
        return refused('uncertain');
      case 'confirm':
        return this.#confirm(claims, token);
    }
  }

  async #confirm(claims: TokenClaims, token: TokenIdentity): Promise<GuardDecision> {
    const { whenFeedIsDown, accessTokens } = this.settings;
    const { sessionId } = token;
    // Nobody can be asked about a token without a session. A newer token would do, so waiting would not help.
    if (sessionId === null) {
      return whenFeedIsDown === 'accept' ? accepted(claims, token, 'unconfirmed') : refused('uncertain');
    }
    const expiresAt = typeof claims['exp'] === 'number' ? claims['exp'] * 1_000 : this.runtime.now();
    const lives = await this.#confirmer.lives(sessionId, expiresAt + accessTokens.clockToleranceSeconds * 1_000);
    if (lives === false) {
      // An ended session never lives again, so nobody need be asked again.
      const issuedBefore = token.issuedAtSeconds * 1_000;
      this.#known.add({ sessionId, userId: null, applicationId: null, issuedBefore, expiresAt });
    }
    // A revocation may have come while the service was asked.
    if (lives === false || this.#known.refuse(token)) return refused('revoked');
    if (lives) return accepted(claims, token, null);
    return whenFeedIsDown === 'accept' ? accepted(claims, token, 'unconfirmed') : refused('unconfirmed');
  }

  #tell(error: GuardError): void {
    const { elapsedMs } = this.runtime;
    if (elapsedMs() < (this.#silentUntilMs.get(error.code) ?? 0)) return;
    if (!error.code.startsWith('FEED_')) this.#silentUntilMs.set(error.code, elapsedMs() + repeatedErrorMs);
    this.#latestTrouble = error;
    ignoringErrors(this.callbacks.onError, error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort();
    this.#health[Symbol.dispose]();
    this.#readiness.fail(disposed());
    await this.#running;
  }
}

function accepted(claims: TokenClaims, token: TokenIdentity, doubt: AcceptedToken['doubt']): AcceptedToken {
  return { ok: true, claims, sessionId: token.sessionId, userId: token.userId, doubt };
}

function disposed(): GuardError {
  return new GuardError('DISPOSED', 'The guard has been disposed of');
}

/** Exceptions of callbacks cannot stop the guard. */
function ignoringErrors<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  try {
    callback?.(value);
  } catch {
    // Callers that want to know await `ready`, which rejects as documented.
  }
}
