import type { SessionId } from '../domain/ids.js';
import type { Instant } from '../domain/session.js';
import { GuardError } from './guard-error.js';
import { decodeSession, sessionDocument } from './messages.js';
import type { GuardRuntime } from './runtime.js';
import type { ServiceClient } from './service-client.js';
import type { GuardSettings } from './settings.js';

export interface SessionConfirmerOptions {
  readonly settings: Pick<
    GuardSettings,
    'maxConfirmedSessions' | 'maxConcurrentConfirmations' | 'maxWaitingConfirmations'
  >;
  readonly runtime: Pick<GuardRuntime, 'now' | 'elapsedMs'>;
  readonly client: Pick<ServiceClient, 'query'>;
  readonly onError: (error: GuardError) => void;
  readonly signal: AbortSignal;
}

/** How long nobody is asked after a question went unanswered, in milliseconds, so that requests do not queue up. */
const pauseMs = 1_000;

/** Asks the service whether sessions live: once for each, a few at a time. */
export class SessionConfirmer {
  /** Until when it need not be asked again, in the order of asking. */
  readonly #alive = new Map<SessionId, Instant>();
  readonly #asking = new Map<SessionId, Promise<boolean | null>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #pausedUntilMs = 0;
  /** Answers to questions of an earlier era are not relied on. */
  #era = 0;

  constructor(private readonly options: SessionConfirmerOptions) {}

  get rememberedCount(): number {
    return this.#alive.size;
  }

  /**
   * Whether the session lives; null when that cannot be told now.
   * @param until How long it is remembered that it does: until the token has expired.
   */
  async lives(id: SessionId, until: Instant): Promise<boolean | null> {
    const { settings, runtime } = this.options;
    const rememberedUntil = this.#alive.get(id);
    if (rememberedUntil !== undefined && rememberedUntil >= runtime.now()) return true;
    const era = this.#era;
    const lives = await this.#ask(id);
    if (lives !== true) return lives;
    if (era !== this.#era) return null;
    this.#alive.delete(id);
    this.#alive.set(id, until);
    const [oldest] = this.#alive.keys();
    if (this.#alive.size > settings.maxConfirmedSessions && oldest !== undefined) this.#alive.delete(oldest);
    return true;
  }

  /** For when a revocation of this session will not be known any more. */
  forget(id: SessionId): void {
    this.#alive.delete(id);
  }

  /** For when revocations of any session may have been missed. */
  forgetAll(): void {
    this.#era++;
    this.#alive.clear();
    // Who asks from now on needs an answer from now on.
    this.#asking.clear();
  }

  #ask(id: SessionId): Promise<boolean | null> {
    const asking = this.#asking.get(id);
    if (asking !== undefined) return asking;
    const { settings, runtime } = this.options;
    const isFull =
      this.#running >= settings.maxConcurrentConfirmations && this.#waiting.length >= settings.maxWaitingConfirmations;
    if (isFull || runtime.elapsedMs() < this.#pausedUntilMs) return Promise.resolve(null);
    const answer = this.#askInTurn(id).finally(() => {
      if (this.#asking.get(id) === answer) this.#asking.delete(id);
    });
    this.#asking.set(id, answer);
    return answer;
  }

  async #askInTurn(id: SessionId): Promise<boolean | null> {
    const { settings, runtime, client, onError, signal } = this.options;
    if (this.#running >= settings.maxConcurrentConfirmations) {
      // Whoever has finished leaves its place to this one.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      if (runtime.elapsedMs() < this.#pausedUntilMs) return null;
      return decodeSession(await client.query(sessionDocument, { id }, signal));
    } catch (error) {
      this.#pausedUntilMs = runtime.elapsedMs() + pauseMs;
      onError(
        new GuardError('CONFIRMATION_FAILED', 'The service could not be asked about a session', { cause: error }),
      );
      return null;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
