interface BreakerOptions {
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /**
   * How long asking pauses after too many failures, in milliseconds. It doubles with each pause, up to `maxPauseMs`.
   */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

/** How many of the latest outcomes are judged. With fewer, nothing is. */
const judgedOutcomes = 20;
const minOutcomes = 10;

/**
 * Pauses calls to a service that fails most of the time. A single failure concerns only the call that failed. When half
 * of the latest outcomes are failures, calls pause, and those outcomes are forgotten.
 */
export class Breaker {
  #outcomes: boolean[] = [];
  #pausedUntilMs = 0;
  #pauses = 0;

  constructor(private readonly options: BreakerOptions) {}

  get isOpen(): boolean {
    return this.options.elapsedMs() < this.#pausedUntilMs;
  }

  succeeded(): void {
    this.#record(true);
    if (this.#outcomes.length >= minOutcomes && this.#outcomes.every((isSuccess) => isSuccess)) this.#pauses = 0;
  }

  /** @param retryAfterMs How long the service asks to be left alone, in milliseconds; 0 when it does not. */
  failed(retryAfterMs = 0): void {
    const { elapsedMs, pauseMs, maxPauseMs } = this.options;
    this.#record(false);
    if (retryAfterMs > 0) this.#pause(Math.min(retryAfterMs, maxPauseMs));
    const failures = this.#outcomes.filter((isSuccess) => !isSuccess).length;
    if (this.#outcomes.length < minOutcomes || failures * 2 < this.#outcomes.length) return;
    this.#outcomes = [];
    // Calls that were under way when the pause began do not lengthen it.
    if (elapsedMs() < this.#pausedUntilMs) return;
    this.#pause(Math.min(maxPauseMs, pauseMs * 2 ** Math.min(this.#pauses++, 20)));
  }

  #pause(durationMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.options.elapsedMs() + durationMs);
  }

  #record(isSuccess: boolean): void {
    this.#outcomes.push(isSuccess);
    if (this.#outcomes.length > judgedOutcomes) this.#outcomes.shift();
  }
}
