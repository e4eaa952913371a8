import { AgeingMap } from '../domain/ageing-map.js';
import { Breaker } from '../domain/breaker.js';
import { deferred } from '../domain/deferred.js';
import type { SessionId, TenantId, UserId } from '../domain/ids.js';
import { keepAtMost } from '../domain/keep-at-most.js';
import { GuardError } from './guard-error.js';
import { type Confirmation, decodeLiveSessions, liveSessionsDocument } from './messages.js';
import type { ServiceClient } from './service-client.js';
import type { GuardSettings } from './settings.js';

interface SessionConfirmerOptions {
  readonly settings: Pick<
    GuardSettings,
    'maxConfirmedSessions' | 'maxConcurrentConfirmations' | 'maxWaitingConfirmations' | 'maxRevocationLagSeconds'
  >;
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly client: Pick<ServiceClient, 'query'>;
  readonly onError: (error: GuardError) => void;
  readonly signal: AbortSignal;
}

/** A session to ask about, as its token names it. */
export interface AskedSession {
  readonly sessionId: SessionId;
  readonly userId: UserId | null;
  /** Null where the guard follows one tenant. */
  readonly tenantId: TenantId | null;
}

interface Question extends AskedSession {
  readonly isUrgent: boolean;
  readonly answered: Promise<Confirmation>;
  settle(confirmation: Confirmation): void;
  /** True when its answer may miss a revocation that was forgotten since. */
  isVoid: boolean;
}

/** The outcome of a question. `CROWDED`: it was not asked, because too many wait. */
type ConfirmedSession = Confirmation | { readonly status: 'CROWDED'; readonly ageMs: null };

const failed: Confirmation = { status: 'FAILED', ageMs: null };
const crowded: ConfirmedSession = { status: 'CROWDED', ageMs: null };

/** How many sessions one call asks about; fewer when the service refuses this many. */
const maxBatchSize = 500;
const minBatchSize = 10;
/** How long questions without a waiting decision are gathered, in milliseconds. */
const gatherMs = 1_000;
/** How long a session that has ended, or about which nothing was learnt, is not asked about again, in milliseconds. */
const retryMs = 1_000;
const endedMs = 30_000;
/** How old an answer may be without a lease, in seconds. */
const ageWithoutLeaseSeconds = 150;

/** Asks the service whether sessions live, in batches, and remembers when each was last known to live. */
export class SessionConfirmer {
  /** When each was last known to live, in the order in which they were asked about. */
  readonly #aliveAt = new AgeingMap<SessionId, number>();
  /** Answers that are reused for a while. */
  readonly #answered = new AgeingMap<SessionId, { readonly confirmation: Confirmation; readonly untilMs: number }>();
  /** When each session was found to have ended. A token issued before does not prove that it lives. */
  readonly #endedAt = new AgeingMap<SessionId, number>();
  readonly #asking = new Map<SessionId, Question>();
  #urgent: Question[] = [];
  #gathered: Question[] = [];
  #running = 0;
  #batchSize = maxBatchSize;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerIsUrgent = false;
  readonly #breaker: Breaker;

  constructor(private readonly options: SessionConfirmerOptions) {
    this.#breaker = new Breaker({ elapsedMs: options.elapsedMs, pauseMs: 1_000, maxPauseMs: 30_000 });
  }

  get rememberedCount(): number {
    return this.#aliveAt.size;
  }

  /** How long ago the session was last known to live, in milliseconds; null when it was not. */
  ageOf(id: SessionId): number | null {
    const aliveAt = this.#aliveAt.get(id);
    return aliveAt === undefined ? null : this.options.elapsedMs() - aliveAt;
  }

  /** How long ago the session was found to have ended, in milliseconds; null when it was not, or was found alive since. */
  endedAgo(id: SessionId): number | null {
    const endedAt = this.#endedAt.get(id);
    return endedAt === undefined ? null : this.options.elapsedMs() - endedAt;
  }

  /** Whether the session lives, by a fresh answer of the service. */
  async confirm(session: AskedSession): Promise<ConfirmedSession> {
    const { confirmation, isVoid } = await this.#ask(session, true);
    // The answer to an earlier question may miss a revocation that was forgotten meanwhile.
    return isVoid ? (await this.#ask(session, true)).confirmation : confirmation;
  }

  /** Asks about the session within the next seconds, so that no decision has to wait for it later. */
  refresh(session: AskedSession): void {
    if (!this.#asking.has(session.sessionId) && !this.#breaker.isOpen) void this.#ask(session, false);
  }

  /** Forgets what is known of a session, whose revocation will be forgotten. */
  forget(id: SessionId): void {
    this.#aliveAt.delete(id);
    this.#answered.delete(id);
    const asking = this.#asking.get(id);
    if (asking === undefined) return;
    asking.isVoid = true;
    this.#asking.delete(id);
  }

  /** Forgets what is known of all sessions, because revocations may have been missed. */
  forgetAll(): void {
    this.#aliveAt.clear();
    this.#answered.clear();
    for (const id of [...this.#asking.keys()]) this.forget(id);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const question of [...this.#urgent, ...this.#gathered]) question.settle(failed);
    this.#urgent = [];
    this.#gathered = [];
  }

  async #ask(session: AskedSession, isUrgent: boolean): Promise<{ confirmation: ConfirmedSession; isVoid: boolean }> {
    const { sessionId: id } = session;
    const { settings, elapsedMs } = this.options;
    const known = this.#answered.get(id);
    if (known !== undefined && known.untilMs > elapsedMs()) return { confirmation: known.confirmation, isVoid: false };
    let question = this.#asking.get(id);
    if (question === undefined) {
      const waiting = this.#urgent.length + this.#gathered.length;
      if (this.#breaker.isOpen) return { confirmation: failed, isVoid: false };
      if (waiting >= settings.maxWaitingConfirmations) return { confirmation: crowded, isVoid: false };
      question = newQuestion(session, isUrgent);
      this.#asking.set(id, question);
      (isUrgent ? this.#urgent : this.#gathered).push(question);
    } else if (isUrgent && this.#gathered.includes(question)) {
      this.#gathered.splice(this.#gathered.indexOf(question), 1);
      this.#urgent.push(question);
    }
    this.#schedule();
    const asked = question;
    return { confirmation: await asked.answered, isVoid: asked.isVoid };
  }

  #schedule(): void {
    const isUrgent = this.#urgent.length > 0 || this.#gathered.length >= this.#batchSize;
    if (this.#timer !== undefined && (this.#timerIsUrgent || !isUrgent)) return;
    clearTimeout(this.#timer);
    this.#timerIsUrgent = isUrgent;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#send();
      },
      isUrgent ? 0 : gatherMs,
    );
  }

  #send(): void {
    const { maxConcurrentConfirmations } = this.options.settings;
    while (this.#running < maxConcurrentConfirmations && this.#urgent.length + this.#gathered.length > 0) {
      const [first] = [...this.#urgent.slice(0, 1), ...this.#gathered.slice(0, 1)];
      if (first === undefined) return;
      const batch: Question[] = [];
      const isOfBatch = (question: Question) => {
        const isTaken = batch.length < this.#batchSize && question.tenantId === first.tenantId;
        if (isTaken) batch.push(question);
        return isTaken;
      };
      this.#urgent = this.#urgent.filter((question) => !isOfBatch(question));
      this.#gathered = this.#gathered.filter((question) => !isOfBatch(question));
      this.#running++;
      void this.#sendBatch(batch, first.tenantId).finally(() => {
        this.#running--;
        if (this.#urgent.length + this.#gathered.length > 0) this.#schedule();
      });
    }
  }

  async #sendBatch(batch: readonly Question[], tenantId: TenantId | null): Promise<void> {
    const { client, signal, elapsedMs, onError, settings } = this.options;
    const askedAtMs = elapsedMs();
    const withUsers = batch.every(({ userId }) => userId !== null);
    const lagSeconds = settings.maxRevocationLagSeconds;
    const variables = {
      ids: batch.map(({ sessionId }) => sessionId),
      userIds: withUsers ? batch.map(({ userId }) => userId) : null,
      maxAgeSeconds: lagSeconds === 0 ? ageWithoutLeaseSeconds : Math.max(1, Math.floor(lagSeconds / 2)),
    };
    try {
      const answers = decodeLiveSessions(await client.query(liveSessionsDocument, variables, signal, { tenantId }));
      this.#breaker.succeeded();
      for (const question of batch) this.#learn(question, answers.get(question.sessionId) ?? failed, askedAtMs);
    } catch (cause) {
      const error = cause instanceof GuardError ? cause : null;
      const isTooLarge = error?.serviceCode === 'BAD_USER_INPUT' || error?.serviceCode === 'BAD_REQUEST';
      if (isTooLarge) this.#batchSize = Math.max(minBatchSize, Math.floor(this.#batchSize / 2));
      this.#breaker.failed(error?.retryAfterMs ?? 0);
      onError(new GuardError('CONFIRMATION_FAILED', 'The service could not be asked about sessions', { cause }));
      for (const question of batch) this.#learn(question, failed, askedAtMs);
    }
  }

  #learn(question: Question, confirmation: Confirmation, askedAtMs: number): void {
    const { sessionId: id, isVoid } = question;
    const { elapsedMs, settings } = this.options;
    if (this.#asking.get(id) === question) this.#asking.delete(id);
    if (!isVoid && confirmation.status === 'LIVES') this.#endedAt.delete(id);
    if (!isVoid && confirmation.ageMs !== null) {
      const aliveAt = Math.max(askedAtMs - confirmation.ageMs, this.#aliveAt.get(id) ?? Number.NEGATIVE_INFINITY);
      this.#aliveAt.delete(id);
      this.#aliveAt.set(id, aliveAt);
      keepAtMost(this.#aliveAt, settings.maxConfirmedSessions);
    }
    if (!isVoid && confirmation.status !== 'LIVES') {
      if (confirmation.status === 'ENDED') {
        this.#aliveAt.delete(id);
        this.#endedAt.delete(id);
        this.#endedAt.set(id, askedAtMs);
        keepAtMost(this.#endedAt, settings.maxConfirmedSessions);
      }
      const untilMs = elapsedMs() + (confirmation.status === 'ENDED' ? endedMs : retryMs);
      this.#answered.delete(id);
      this.#answered.set(id, { confirmation, untilMs });
      keepAtMost(this.#answered, settings.maxConfirmedSessions);
    } else this.#answered.delete(id);
    question.settle(confirmation);
  }
}

function newQuestion(session: AskedSession, isUrgent: boolean): Question {
  const { promise: answered, settle } = deferred<Confirmation>();
  return { ...session, isUrgent, answered, settle, isVoid: false };
}
