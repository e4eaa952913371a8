import type { Instant } from './session.js';

/**
 * Remembers that revocations were forgotten because they were over. Where the time of day was ahead then and has been
 * set back since, they are not over yet, and access tokens may depend on them.
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

  /** False while nothing was forgotten, so that nobody need ask for the time. */
  get hasForgotten(): boolean {
    return this.#until > Number.NEGATIVE_INFINITY;
  }

  /** Access tokens issued before this instant may depend on what was forgotten; none do at -Infinity. */
  missedBefore(now: Instant): Instant {
    return now < this.#until ? this.#before : Number.NEGATIVE_INFINITY;
  }
}
