import { parseTenantId } from '../domain/ids.js';
import type { Revocation, TokenIdentity } from '../domain/revocation.js';
import { identityOf, type TokenClaims } from '../domain/token-claims.js';
import { AwakeClock, DayTime } from './awake-clock.js';
import { type AcceptedToken, type GuardDecision, refused, refusedAsInvalid } from './decision.js';
import { EventFeed } from './event-feed.js';
import { FeedHealth } from './feed-health.js';
import { GuardError } from './guard-error.js';
import type { Guard } from './guard-interface.js';
import { KeyReach } from './key-reach.js';
import { KeySet } from './key-set.js';
import { KnownRevocations } from './known-revocations.js';
import { Lease } from './lease.js';
import type { FeedState, GuardOptions } from './options.js';
import { Readiness } from './readiness.js';
import { RevocationChecks } from './revocation-checks.js';
import { RevocationLag } from './revocation-lag.js';
import type { GuardRuntime } from './runtime.js';
import { ServiceClient } from './service-client.js';
import { SessionConfirmer } from './session-confirmer.js';
import type { GuardSettings } from './settings.js';
import { TokenVerifier } from './token-verifier.js';
import { TroubleReport } from './trouble-report.js';

type Callbacks = Pick<GuardOptions, 'onError' | 'onFeedChange' | 'onRevoked' | 'onLagChange'>;

/** A guard that follows a service. */
export class FollowingGuard implements Guard {
  readonly #clock: AwakeClock;
  readonly #verifier: TokenVerifier;
  readonly #known: KnownRevocations;
  readonly #confirmer: SessionConfirmer;
  readonly #health: FeedHealth;
  readonly #lag: RevocationLag;
  readonly #reach: KeyReach;
  readonly #checks: RevocationChecks;
  readonly #readiness = new Readiness();
  readonly #disposal = new AbortController();
  readonly #running: Promise<unknown>;
  /** The check of what the key reaches, after the first stream. */
  #renewal: Promise<void> | null = null;
  readonly #lagMs: number;
  readonly #lease: Lease;
  readonly #trouble: TroubleReport;

  constructor(
    private readonly settings: GuardSettings,
    callbacks: Callbacks,
    runtime: GuardRuntime,
  ) {
    const { signal } = this.#disposal;
    const onError = (error: GuardError) => this.#trouble.report(error);
    const onRevocation = (revocation: Revocation) => ignoringErrors(callbacks.onRevoked, revocation);
    this.#clock = new AwakeClock(runtime);
    const dayTime = new DayTime(runtime);
    const { elapsedMs } = this.#clock;
    this.#trouble = new TroubleReport({
      elapsedMs,
      // What fails because the guard is closed is no trouble.
      onError: (error) => ignoringErrors(signal.aborted ? undefined : callbacks.onError, error),
      onFinal: (cause) => this.#readiness.fail(new GuardError('NOT_READY', cause.message, { cause })),
    });
    const client = new ServiceClient(settings, runtime);
    const keys = new KeySet({ url: settings.accessTokens.jwksUrl, runtime, elapsedMs, onError, signal });
    this.#verifier = new TokenVerifier(settings, keys, runtime.now);
    this.#confirmer = new SessionConfirmer({ settings, elapsedMs, client, onError, signal });
    this.#known = new KnownRevocations({
      maxRevocations: settings.maxRevocations,
      clockSlackMs: settings.clockSlackMs,
      tokenToleranceMs: settings.accessTokens.clockToleranceSeconds * 1_000,
      now: dayTime.earliest,
      onForgotten: ({ sessionId }) => {
        if (sessionId === null) this.#confirmer.forgetAll();
        else this.#confirmer.forget(sessionId);
        onError(new GuardError('MEMORY_FULL', `More is revoked than maxRevocations (${settings.maxRevocations})`));
      },
    });
    this.#lagMs = settings.maxRevocationLagSeconds * 1_000;
    this.#lease = new Lease({
      leaseMs: this.#lagMs === 0 ? Number.POSITIVE_INFINITY : this.#lagMs,
      clockSlackMs: settings.clockSlackMs,
      acceptUnconfirmed: settings.whenFeedIsDown === 'accept',
      confirmer: this.#confirmer,
      known: this.#known,
      dayTime,
    });
    this.#lag = new RevocationLag(this.#lagMs, elapsedMs, (change) => ignoringErrors(callbacks.onLagChange, change));
    const onChange: FeedHealth['options']['onChange'] = (change) => ignoringErrors(callbacks.onFeedChange, change);
    this.#health = new FeedHealth({ toleranceMs: settings.feedToleranceMs, elapsedMs, onChange });
    this.#reach = new KeyReach({ settings, runtime, client, keys, onError, onReached: () => this.#becomeReady() });
    const parts = { settings, runtime, client, known: this.#known, health: this.#health, onRevocation, onError };
    this.#checks = new RevocationChecks({
      ...parts,
      elapsedMs,
      onCaughtUp: () => {
        this.#known.removeExpired();
        this.#becomeReady();
      },
      onGap: () => {
        this.#confirmer.forgetAll();
        onError(new GuardError('GAP', 'Revocations may have been missed'));
      },
    });
    const events = new EventFeed({
      ...parts,
      onEstablished: () => {
        this.#renewal = this.#renewal === null ? Promise.resolve() : this.#reach.renew(signal);
        this.#checks.hurry();
      },
      onError: (error) => {
        onError(error);
        this.#checks.hurry();
      },
    });
    this.#running = Promise.all([this.#reach.run(signal), this.#checks.run(signal), events.run(signal)]);
  }

  get feedState(): FeedState {
    return this.#health.state;
  }

  get revocationCount(): number {
    return this.#known.size;
  }

  get revocationLagSeconds(): number | null {
    return this.#lagMs === 0 ? null : this.#lag.seconds;
  }

  ready(): Promise<void> {
    if (this.#disposal.signal.aborted) return Promise.reject(closed());
    // The fault that was refused before may have been mended.
    if (!this.#reach.isReached) this.#reach.hurry();
    this.#checks.wake();
    return this.#readiness.within(this.settings.readyTimeoutMs, () => this.#trouble.latest);
  }

  async check(token: string | null | undefined): Promise<GuardDecision> {
    try {
      const verified = await this.#verifier.verify(token);
      return verified.claims === null ? verified.refusal : await this.#decide(verified.claims);
    } catch (error) {
      if (error instanceof GuardError) this.#trouble.report(error);
      return refused('keysUnavailable');
    }
  }

  isRevoked(claims: TokenClaims): boolean {
    return this.#known.covers(identityOf(claims));
  }

  async checkClaims(claims: TokenClaims | null | undefined): Promise<GuardDecision> {
    if (typeof claims !== 'object' || claims === null) return refused('invalid');
    try {
      return this.#verifier.isOfTenant(claims) ? await this.#decide(claims) : refusedAsInvalid('tid');
    } catch {
      // An exotic object may throw when it is read.
      return refused('invalid');
    }
  }

  /** Decides, nearly always without a promise: awaiting a known value takes a microsecond. */
  #decide(claims: TokenClaims): GuardDecision | Promise<GuardDecision> {
    const token = identityOf(claims);
    if (token.sessionId === null && !this.settings.acceptTokensWithoutSession) return refused('noSession');
    if (this.#known.covers(token)) return refused('revoked');
    return this.#isDown ? this.#decideWithoutFeed(claims, token) : this.#decideByFeed(claims, token);
  }

  async #decideWithoutFeed(claims: TokenClaims, token: TokenIdentity): Promise<GuardDecision> {
    // After a sleep, the next contact is a moment away.
    if (this.#health.state === 'starting') this.#checks.wake();
    else if (this.#health.isDown) await this.#checks.awaitContact();
    if (this.#known.covers(token)) return refused('revoked');
    if (!this.#isDown) return this.#decideByFeed(claims, token);
    const isAccepted = this.settings.whenFeedIsDown === 'accept';
    return isAccepted ? this.#accepted(claims, token, 'feedDown') : refused('feedDown');
  }

  /** Whether `whenFeedIsDown` applies. It also applies while the key does not reach everything that is accepted. */
  get #isDown(): boolean {
    return this.#health.isDown || !this.#reach.isReached;
  }

  #decideByFeed(claims: TokenClaims, token: TokenIdentity): GuardDecision | Promise<GuardDecision> {
    const { whenFeedIsDown, uncertainTokens, tenantIds } = this.settings;
    const tenantId = tenantIds === null && !this.#reach.isBounded ? null : (parseTenantId(claims['tid']) ?? null);
    const isBeyondReach = this.#reach.isBeyond(tenantId);
    const isUncertain = isBeyondReach || this.#known.mayMissOneAbout(token);
    if (isUncertain && uncertainTokens === 'accept') return this.#accepted(claims, token, 'unconfirmed');
    if (isBeyondReach || (isUncertain && uncertainTokens === 'refuse')) return refused('uncertain');
    const { sessionId, userId } = token;
    if (sessionId === null) {
      // The service cannot be asked about it. A newer token would be accepted, so the answer is not to wait.
      if (!isUncertain) return this.#accepted(claims, token, null);
      return whenFeedIsDown === 'accept' ? this.#accepted(claims, token, 'unconfirmed') : refused('uncertain');
    }
    const session = { sessionId, userId, tenantId: tenantIds === null ? null : tenantId };
    const lagMs = this.#lease.lagOf(session, token, isUncertain);
    if (lagMs !== null) return this.#accepted(claims, token, null, lagMs);
    return this.#lease
      .renew(session, token, isUncertain)
      .then((judged) =>
        judged.ok ? this.#accepted(claims, token, judged.doubt, judged.lagMs) : refused(judged.reason),
      );
  }

  #accepted(
    claims: TokenClaims,
    token: TokenIdentity,
    doubt: AcceptedToken['doubt'],
    lagMs: number | null = null,
  ): AcceptedToken {
    const { sessionId, userId } = token;
    const isLeased = lagMs !== null && Number.isFinite(lagMs) && this.#lagMs > 0;
    if (isLeased) this.#lag.note(lagMs);
    return { ok: true, claims, sessionId, userId, lagSeconds: isLeased ? Math.ceil(lagMs / 1_000) : null, doubt };
  }

  #becomeReady(): void {
    if (this.#reach.isReached && !this.#health.isDown) this.#readiness.reach();
  }

  async close(): Promise<void> {
    this.#disposal.abort();
    this.#health[Symbol.dispose]();
    this.#confirmer.dispose();
    this.#readiness.fail(closed());
    await Promise.all([this.#running, this.#renewal]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function closed(): GuardError {
  return new GuardError('DISPOSED', 'The guard has been closed');
}

/** Calls a callback, whose errors can neither stop the guard nor end the process. */
function ignoringErrors<Value>(callback: ((value: Value) => unknown) | undefined, value: Value): void {
  try {
    const returned = callback?.(value);
    // Errors of callbacks are ignored, as their documentation says.
    if (returned instanceof Promise) returned.catch(() => undefined);
  } catch {
    // Ignored for the same reason.
  }
}
