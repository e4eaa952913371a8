import { deferred } from '../../domain/deferred.js';
import type { SessionId, TenantId, UserId } from '../../domain/ids.js';

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

/** How many questions may wait, in all. */
const maxWaiting = 250_000;

/**
 * The waiting questions, each once. Questions about unknown sessions come first. Questions of users about own sessions
 * come last, so that users cannot delay the answers to guards.
 */
export class ConfirmationLine {
  readonly #urgent = new Map<string, Question>();
  readonly #others = new Map<string, Question>();
  readonly #own = new Map<string, Question>();
  readonly #running = new Map<string, Question>();

  get waitingCount(): number {
    return this.#urgent.size + this.#others.size + this.#own.size;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** @returns the question to wait for; null when too many wait already. */
  add(
    about: { readonly tenantId: TenantId | null; readonly userId: UserId | null; readonly sessionId: SessionId },
    enoughSince: number,
    isUrgent: boolean,
  ): Question | null {
    const { tenantId, userId, sessionId } = about;
    const key = keyOf(about);
    const known = this.#urgent.get(key) ?? this.#others.get(key);
    // A question that is being asked serves, unless it is about other sessions of the user.
    const running = this.#running.get(key);
    if (known === undefined && running?.sessionIds.has(sessionId) === true) return running;
    if (known === undefined && this.waitingCount >= maxWaiting) return null;
    const question = known ?? newQuestion(tenantId, userId, false);
    question.sessionIds.add(sessionId);
    question.enoughSince = Math.max(question.enoughSince, enoughSince);
    if (isUrgent) {
      this.#others.delete(key);
      this.#urgent.set(key, question);
    } else if (!this.#urgent.has(key)) this.#others.set(key, question);
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
    this.#own.set(key, question);
    return question;
  }

  /** Takes the questions whose turn it is. */
  take(count: number): readonly Question[] {
    const taken: Question[] = [];
    for (const waiting of [this.#urgent, this.#others, this.#own]) {
      for (const [key, question] of waiting) {
        if (taken.length >= count) return taken;
        // The same question is asked again only after its answer has come.
        if (this.#running.has(key)) continue;
        waiting.delete(key);
        this.#running.set(key, question);
        taken.push(question);
        question.answered.finally(() => this.#running.delete(key)).catch(() => undefined);
      }
    }
    return taken;
  }

  /** Gives up every question that waits. */
  clear(): void {
    for (const waiting of [this.#urgent, this.#others, this.#own]) {
      for (const question of waiting.values()) question.settle(false);
      waiting.clear();
    }
  }
}

function keyOf(about: {
  readonly tenantId: TenantId | null;
  readonly userId: UserId | null;
  readonly sessionId: SessionId;
}) {
  return about.userId === null ? `${about.tenantId} session ${about.sessionId}` : `${about.tenantId} ${about.userId}`;
}

function newQuestion(tenantId: TenantId | null, userId: UserId | null, isOwn: boolean): Question {
  const { promise: answered, settle } = deferred<boolean>();
  return { tenantId, userId, sessionIds: new Set(), isOwn, enoughSince: Number.NEGATIVE_INFINITY, answered, settle };
}
