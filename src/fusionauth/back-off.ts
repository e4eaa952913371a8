import type { Clock } from '../domain/ports/clock.js';

/**
 * How long reading is not tried again after it has failed once, in milliseconds. Doubles with each failure in a row.
 */
export const retryPauseMs = 1_000;

/** The longest of these pauses, in milliseconds. */
export const maxRetryPauseMs = 60_000;

interface Failure {
  readonly error: unknown;
  readonly failedAt: number;
  readonly inARow: number;
}

/**
 * Keeps a source that fails from being asked by every operation: after each failure in a row it rests twice as long.
 */
export class BackOff {
  #failure: Failure | undefined;
  /** True while operations should not wait for the source, because it took long the last time. */
  isSlow = false;

  constructor(private readonly clock: Clock) {}

  /** Why no operation may ask the source now; undefined when one may. */
  get resting(): { readonly error: unknown } | undefined {
    if (this.#failure === undefined) return undefined;
    const { failedAt, inARow } = this.#failure;
    const pauseMs = Math.min(maxRetryPauseMs, retryPauseMs * 2 ** (inARow - 1));
    // A clock that was set back ends the rest, too.
    return Math.abs(this.clock.now() - failedAt) < pauseMs ? this.#failure : undefined;
  }

  failed(error: unknown): void {
    const inARow = (this.#failure?.inARow ?? 0) + 1;
    this.#failure = { error, failedAt: this.clock.now(), inARow: Math.min(inARow, 30) };
  }

  succeeded(): void {
    this.#failure = undefined;
    this.isSlow = false;
  }
}
