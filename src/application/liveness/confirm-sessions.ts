import { Breaker } from '../../domain/breaker.js';
import { ownIdOf } from '../../domain/caller.js';
import { askedToWaitMs, InvalidInputError } from '../../domain/errors.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { SessionId } from '../../domain/ids.js';
import { Pace } from '../../domain/pace.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { Instant } from '../../domain/session.js';
import type { SessionConfirmation } from '../../domain/session-confirmation.js';
import { isAcrossTenants, nameOneTenant } from '../authorization/across-tenants.js';
import { visibilityOf } from '../authorization/visibility.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { askInTurn } from './ask-in-turn.js';
import type { ConfirmSessionsCommand, ConfirmSessionsPorts } from './confirmation.js';
import { ConfirmationLine, type Question } from './confirmation-line.js';
import { KnownLives } from './known-lives.js';
import { outcomesWithin } from './outcomes-within.js';

/** How many sessions are remembered: about 250 bytes each. */
const maxSessions = 250_000;
/** How many questions are asked at the same time, so that other calls to FusionAuth find room. */
const maxRunning = 32;
/** How long a session that was not found counts as ended before it is asked about again, in milliseconds. */
const endMaxAgeMs = 30_000;
/** How often waiting questions are sent, in milliseconds. */
const tickMs = 50;
const defaultSecondLookMs = 500;
/** Questions that wait longer than this, in milliseconds, are reported as a sign that the rate is too low. */
const behindMs = 30_000;

/**
 * Answers whether sessions live. It asks FusionAuth about each user at most once within the wanted age, at a bounded
 * rate, and not at all about sessions that something else has shown to live meanwhile.
 */
export class ConfirmSessions implements Disposable {
  readonly #lives = new KnownLives(maxSessions);
  readonly #line = new ConfirmationLine();
  readonly #breaker: Breaker;
  readonly #pace: Pace;
  #completeSince: Instant = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #behindReportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly ports: ConfirmSessionsPorts) {
    const { elapsedMs, callsPerSecond } = ports;
    this.#breaker = new Breaker({ elapsedMs, pauseMs: 1_000, maxPauseMs: 30_000 });
    this.#pace = new Pace(callsPerSecond, elapsedMs());
  }

  /** @throws ForbiddenError when the caller may see nobody's sessions; InvalidInputError; StoreUnavailableError. */
  async confirm(
    scope: Pick<OperationScope, 'caller' | 'tenantId' | 'work'>,
    { sessions, maxAgeMs, maxWaitMs, permission }: ConfirmSessionsCommand,
  ): Promise<readonly SessionConfirmation[]> {
    const { caller, tenantId, work } = scope;
    if (isAcrossTenants(scope)) throw nameOneTenant();
    const isVisible = visibilityOf(scope, permission);
    work.scan(sessions.length * 8);
    await this.#minCompleteness();
    const ownId = ownIdOf(caller, permission);
    const answer = (id: SessionId, otherwise: 'pending' | 'failed'): SessionConfirmation => {
      const now = this.ports.elapsedMs();
      const known = this.#lives.find(id, tenantId);
      if (this.#isRevoked(id)) return { sessionId: id, status: 'ended', ageMs: null };
      if (known !== null) {
        const { userId, applicationId, knownAt } = known;
        // The caller may not see it, so the answer is that for a session that does not exist.
        if (!isVisible({ tenantId, userId, applicationId, sessionId: id }))
          return { sessionId: id, status: 'ended', ageMs: null };
        if (now - knownAt <= maxAgeMs) return { sessionId: id, status: 'lives', ageMs: Math.max(0, now - knownAt) };
      }
      const endedAt = this.#lives.endedAt(id, tenantId);
      if (endedAt !== null && now - endedAt <= endMaxAgeMs) return { sessionId: id, status: 'ended', ageMs: null };
      const ageMs = known === null || !Number.isFinite(known.knownAt) ? null : now - known.knownAt;
      return { sessionId: id, status: otherwise, ageMs };
    };
    const waiting = new Map<SessionId, Question>();
    for (const { id, userId } of sessions) {
      const known = answer(id, 'pending');
      if (known.status !== 'pending') continue;
      const owner = userId ?? this.#lives.find(id, tenantId)?.userId ?? null;
      const isUrgent = known.ageMs === null || known.ageMs > 2 * maxAgeMs;
      const enoughSince = this.ports.elapsedMs() - maxAgeMs;
      const question =
        ownId === null
          ? this.#line.add({ tenantId, userId: owner, sessionId: id }, enoughSince, isUrgent, caller.name)
          : this.#line.addOwn(tenantId, ownId, enoughSince);
      if (question !== null) waiting.set(id, question);
    }
    if (waiting.size > 0) this.#schedule(0);
    const outcomes = await outcomesWithin([...waiting], maxWaitMs);
    const confirmations = sessions.map(({ id }): SessionConfirmation => {
      const outcome = outcomes.get(id);
      const found = answer(id, outcome === false ? 'failed' : 'pending');
      // A session that is missing in the list of a user's own sessions is not a live one of theirs.
      const isUnlisted = ownId !== null && outcome === true && found.status === 'pending';
      return isUnlisted ? { sessionId: id, status: 'ended', ageMs: null } : found;
    });
    this.ports.telemetry.sessionsConfirmed(confirmations);
    return confirmations;
  }

  /** Wraps a gateway, whose answers then confirm the sessions that they show. */
  observing(sessions: SessionGateway): SessionGateway {
    return {
      listSessions: async (userId) => {
        const askedAt = this.ports.elapsedMs();
        const listing = await sessions.listSessions(userId);
        for (const { id } of listing.sessions) this.#lives.observe(id, askedAt);
        return listing;
      },
      findSession: async (id) => {
        const askedAt = this.ports.elapsedMs();
        const session = await sessions.findSession(id);
        if (session !== null) this.#lives.observe(id, askedAt);
        return session;
      },
      revokeSession: (id) => sessions.revokeSession(id),
    };
  }

  /** An exchange shows that the session lives. */
  observeEvent(event: FusionAuthEvent): void {
    if (event.kind !== 'sessionRefreshed' || event.sessionId === null) return;
    const ageMs = Math.max(0, this.ports.clock.now() - event.occurredAt);
    this.#lives.observe(event.sessionId, this.ports.elapsedMs() - ageMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#line.clear();
  }

  /** Knowledge from before a possible gap in the revocations cannot rule out that one was missed. */
  async #minCompleteness(): Promise<void> {
    const completeSince = await this.ports.memory.completeSince();
    if (completeSince > this.#completeSince) {
      // Nothing is known here at first, so the answers of other replicas since then are as good as new ones.
      const isFirst = this.#completeSince === Number.NEGATIVE_INFINITY;
      const agoMs = isFirst ? Math.max(0, this.ports.clock.now() - completeSince) : 0;
      this.#lives.voidBefore(this.ports.elapsedMs() - agoMs);
    }
    this.#completeSince = completeSince;
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#askSome();
      if (this.#line.waitingCount > 0) this.#schedule(tickMs);
    }, delayMs);
    this.#timer.unref();
  }

  #askSome(): void {
    const { sourceOf, telemetry, elapsedMs } = this.ports;
    const now = elapsedMs();
    const allowed = this.#pace.refill(now);
    if (this.#breaker.isOpen) {
      this.#line.clear();
      return;
    }
    this.#reportIfBehind(now);
    const count = Math.min(allowed, maxRunning - this.#line.runningCount);
    const taken = count < 1 ? [] : this.#line.take(count);
    const questions = taken.filter((question) => !this.#isAnswered(question));
    this.#pace.spend(questions.length);
    const results = askInTurn(questions, {
      lives: this.#lives,
      turns: this.ports.turns,
      sourceOf,
      elapsedMs,
      onFurtherCall: () => this.#pace.spend(1),
      onSpared: () => this.#pace.spend(-1),
      secondLookMs: this.ports.secondLookMs ?? defaultSecondLookMs,
    });
    for (const [index, question] of questions.entries()) {
      results[index]?.then(
        () => {
          this.#breaker.succeeded();
          question.settle(true);
          this.#sayAlive(question);
        },
        (error: unknown) => {
          // A tenant that FusionAuth does not have says nothing about the questions of others.
          if (!(error instanceof InvalidInputError)) this.#breaker.failed(askedToWaitMs(error));
          telemetry.confirmationsUnavailable(error);
          question.settle(false);
        },
      );
    }
  }

  #sayAlive({ tenantId, sessionIds }: Question): void {
    for (const sessionId of sessionIds) {
      const known = this.#lives.find(sessionId, tenantId);
      if (known !== null) this.ports.onAlive?.({ tenantId, userId: known.userId, sessionId });
    }
  }

  #isRevoked(sessionId: SessionId): boolean {
    const { memory } = this.ports;
    return memory.covers({ sessionId, userId: null, applicationIds: [], issuedAtSeconds: Number.MAX_SAFE_INTEGER });
  }

  /** Whether something else has answered the question while it waited. */
  #isAnswered({ tenantId, sessionIds, isOwn, enoughSince, settle }: Question): boolean {
    if (isOwn) return false;
    const isKnown = [...sessionIds].every((id) => {
      const known = this.#lives.find(id, tenantId);
      return known !== null && known.knownAt >= enoughSince;
    });
    if (isKnown) settle(true);
    return isKnown;
  }

  /** Reports at most once a minute. */
  #reportIfBehind(now: number): void {
    const waitMs = (this.#line.waitingCount / this.ports.callsPerSecond) * 1_000;
    if (waitMs < behindMs || now - this.#behindReportedAtMs < 60_000) return;
    this.#behindReportedAtMs = now;
    this.ports.telemetry.confirmationsBehind(waitMs);
  }
}
