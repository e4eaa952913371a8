/** How many may begin now: so many a second, and a tenth of that at once. */
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

  /** @param count Negative for those that were not needed after all. */
  spend(count: number): void {
    this.#allowance -= count;
  }

  /** How long after the last refill one may begin, in milliseconds; negative when one may already. */
  get msUntilOne(): number {
    return ((1 - this.#allowance) / this.perSecond) * 1_000;
  }
}
