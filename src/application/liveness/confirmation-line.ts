import { deferred } from '../../domain/deferred.js';
import type { SessionId, TenantId, UserId } from '../../domain/ids.js';
import { LinesOfCallers } from './lines-of-callers.js';

/** A question to FusionAuth: about the sessions of a user, or about one session whose user is not known. */
export interface Question {
  readonly tenantId: TenantId | null;
  readonly userId: UserId | null;
  /** The sessions to look for one by one where the list of the user lacks them. */
  readonly sessionIds: Set<SessionId>;
  /** Whether a user asks about own sessions: then the list alone answers. */
  readonly isOwn: boolean;
  /** Knowledge since this instant suffices, so that nothing need be asked. */
  enoughSince: number;
  /** Resolves once it has been asked, or is given up: false when it could not be. Never rejects. */
  readonly answered: Promise<boolean>;
  settle(isAnswered: boolean): void;
}

/** How many questions may wait, in all, and of one caller. */
const maxWaiting = 250_000;
const maxWaitingOfCaller = maxWaiting / 2;

/**
 * The waiting questions, each once. Questions about unknown sessions come first. Questions of users about own sessions
 * come last, so that users cannot delay the answers to guards. Services take turns, so that one with thousands of questions
 * delays another one's by one at a time.
 */
export class ConfirmationLine {
  readonly #urgent = new LinesOfCallers<Question>();
  readonly #others = new LinesOfCallers<Question>();
  readonly #own = new LinesOfCallers<Question>();
  readonly #running = new Map<string, Question>();

  get waitingCount(): number {
    return this.#urgent.size + this.#others.size + this.#own.size;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /**
   * @param caller The name of the service that asks.
   * @returns the question to wait for; null when too many wait already.
   */
  add(about: AskedSession, enoughSince: number, isUrgent: boolean, caller: string): Question | null {
    const { tenantId, userId, sessionId } = about;
    const key = keyOf(about);
    const known = this.#urgent.get(key) ?? this.#others.get(key);
    // A question that is being asked serves, unless it is about other sessions of the user.
    const running = this.#running.get(key);
    if (known === undefined && running?.sessionIds.has(sessionId) === true) return running;
    const ofCaller = this.#urgent.countOf(caller) + this.#others.countOf(caller);
    if (known === undefined && (this.waitingCount >= maxWaiting || ofCaller >= maxWaitingOfCaller)) return null;
    const question = known ?? newQuestion(tenantId, userId, false);
    question.sessionIds.add(sessionId);
    question.enoughSince = Math.max(question.enoughSince, enoughSince);
    if (isUrgent) {
      this.#others.delete(key);
      this.#urgent.add(caller, key, question);
    } else {
      const lines = this.#urgent.get(key) === undefined ? this.#others : this.#urgent;
      lines.add(caller, key, question);
    }
    return question;
  }

  /**
   * Adds the question of a user about own sessions, which one list answers, whichever sessions the user names. Null as
   * for `add`.
   */
  addOwn(tenantId: TenantId | null, userId: UserId, enoughSince: number): Question | null {
    const key = `own ${tenantId} ${userId}`;
    // A question that is being asked does not serve, because it may have begun before the session that is named here.
    const known = this.#own.get(key);
    if (known === undefined && this.waitingCount >= maxWaiting) return null;
    const question = known ?? newQuestion(tenantId, userId, true);
    question.enoughSince = Math.max(question.enoughSince, enoughSince);
    this.#own.add(key, key, question);
    return question;
  }

  /** Takes the questions whose turn it is. */
  take(count: number): readonly Question[] {
    const taken: Question[] = [];
    // The same question is asked again only after its answer has come.
    const mayBeAsked = (key: string) => !this.#running.has(key);
    for (const lines of [this.#urgent, this.#others, this.#own]) {
      while (taken.length < count) {
        const [key, question] = lines.takeNext(mayBeAsked) ?? [];
        if (key === undefined || question === undefined) break;
        this.#running.set(key, question);
        taken.push(question);
        question.answered.finally(() => this.#running.delete(key)).catch(() => undefined);
      }
    }
    return taken;
  }

  /** Gives up every question that waits. */
  clear(): void {
    for (const lines of [this.#urgent, this.#others, this.#own]) {
      for (const question of lines.clear()) question.settle(false);
    }
  }
}

interface AskedSession {
  readonly tenantId: TenantId | null;
  readonly userId: UserId | null;
  readonly sessionId: SessionId;
}

function keyOf(about: AskedSession) {
  return about.userId === null ? `${about.tenantId} session ${about.sessionId}` : `${about.tenantId} ${about.userId}`;
}

function newQuestion(tenantId: TenantId | null, userId: UserId | null, isOwn: boolean): Question {
  const { promise: answered, settle } = deferred<boolean>();
  return { tenantId, userId, sessionIds: new Set(), isOwn, enoughSince: Number.NEGATIVE_INFINITY, answered, settle };
}
