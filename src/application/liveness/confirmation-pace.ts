/** How many calls confirmations may make now: so many a second, and a tenth of that at once. */
export class ConfirmationPace {
  #allowance = 1;
  #refilledAtMs: number;

  /** @param now In milliseconds, by a clock that only goes forward. */
  constructor(
    private readonly callsPerSecond: number,
    now: number,
  ) {
    this.#refilledAtMs = now;
  }

  /** @returns how many calls may be made. */
  refill(now: number): number {
    const { callsPerSecond } = this;
    const burst = Math.max(1, callsPerSecond / 10);
    this.#allowance = Math.min(burst, this.#allowance + ((now - this.#refilledAtMs) / 1_000) * callsPerSecond);
    this.#refilledAtMs = now;
    return Math.floor(this.#allowance);
  }

  /** @param calls Negative for those that were not needed after all. */
  spend(calls: number): void {
    this.#allowance -= calls;
  }
}
