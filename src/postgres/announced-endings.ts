import { type Deferred, deferred } from '../domain/deferred.js';

/** How long a publication waits for others that are about to come, in milliseconds. */
const maxWaitMs = 5;

/**
 * How many endings this process has announced and not settled yet. Publications wait for them a moment, so that the
 * endings of one plan are written by one statement, however many answers of FusionAuth they came with: ten took 1.9.
 */
export class AnnouncedEndings {
  #open = 0;
  #settled: Deferred<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param count Negative for endings that are settled. */
  add(count: number): void {
    this.#open += count;
    if (this.#open === 0) this.#settle();
  }

  /** Resolves when no announced ending is open, or when that takes too long. Never rejects. */
  settled(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    if (this.#settled === null) {
      this.#settled = deferred();
      this.#timer = setTimeout(() => this.#settle(), maxWaitMs);
    }
    return this.#settled.promise;
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#settled?.settle();
    this.#settled = null;
  }
}
