/** Paces work to so many beginnings a second, of which a tenth may come at once. */
export class Pace {
  #allowance = 1;
  #refilledAtMs: number;

  /** @param now In milliseconds, by a clock that only goes forward. */
  constructor(
    private readonly perSecond: number,
    now: number,
  ) {
    this.#refilledAtMs = now;
  }

  /** @returns how many may begin. */
  refill(now: number): number {
    const burst = Math.max(1, this.perSecond / 10);
    const earned = ((now - this.#refilledAtMs) / 1_000) * this.perSecond;
    this.#allowance = Math.min(burst, this.#allowance + earned);
    this.#refilledAtMs = now;
    return Math.floor(this.#allowance);
  }

  /** @param count Negative to give back beginnings that were not needed. */
  spend(count: number): void {
    this.#allowance -= count;
  }

  /** How long after the last refill the next may begin, in milliseconds; negative when it may already. */
  get msUntilOne(): number {
    return ((1 - this.#allowance) / this.perSecond) * 1_000;
  }
}
