interface BreakerOptions {
  /** Milliseconds since some fixed moment, whatever happens to the time of day. */
  readonly elapsedMs: () => number;
  /** How long nothing is tried after too many failures, in milliseconds; it doubles each time up to the greatest. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

/** How many of the latest outcomes are judged, and how many there must be. */
const judgedOutcomes = 20;
const minOutcomes = 10;

/**
 * Stops asking somebody who fails most of the time. One failure concerns what was asked and nothing else; when half of
 * the latest outcomes are failures, asking pauses, and what was judged is forgotten.
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

  /** @param retryAfterMs How long the other side asks not to be asked; 0 when it does not. */
  failed(retryAfterMs = 0): void {
    const { elapsedMs, pauseMs, maxPauseMs } = this.options;
    this.#record(false);
    if (retryAfterMs > 0) this.#pause(Math.min(retryAfterMs, maxPauseMs));
    const failures = this.#outcomes.filter((isSuccess) => !isSuccess).length;
    if (this.#outcomes.length < minOutcomes || failures * 2 < this.#outcomes.length) return;
    this.#outcomes = [];
    // Failures of what was under way when it opened are no reason to wait longer.
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
