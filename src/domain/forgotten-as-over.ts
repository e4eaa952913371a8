import type { Instant } from './session.js';

/**
 * Remembers which revocations were forgotten because they were over. If the time of day was ahead then and is set back
 * later, they are not over yet, and access tokens may depend on them again.
 */
export class ForgottenAsOver {
  #until: Instant = Number.NEGATIVE_INFINITY;
  #before: Instant = Number.NEGATIVE_INFINITY;

  /**
   * @param until When it is over.
   * @param before Access tokens issued before this may depend on it until then.
   */
  add(until: Instant, before: Instant): void {
    this.#until = Math.max(this.#until, until);
    this.#before = Math.max(this.#before, before);
  }

  /** False until something is forgotten. Spares callers a look at the clock. */
  get hasForgotten(): boolean {
    return this.#until > Number.NEGATIVE_INFINITY;
  }

  /** Access tokens issued before this instant may depend on what was forgotten; none do at -Infinity. */
  missedBefore(now: Instant): Instant {
    return now < this.#until ? this.#before : Number.NEGATIVE_INFINITY;
  }
}
