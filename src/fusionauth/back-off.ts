import type { Clock } from '../domain/ports/clock.js';

/** The pause of reading after a first failure, in milliseconds. It doubles with each failure in a row. */
export const retryPauseMs = 1_000;

/** The longest of these pauses, in milliseconds. */
export const maxRetryPauseMs = 60_000;

interface Failure {
  readonly error: unknown;
  readonly failedAt: number;
  readonly inARow: number;
}

/** Lets a failing source rest, so that not every operation asks it. The rest doubles with each failure in a row. */
export class BackOff {
  #failure: Failure | undefined;
  /** True while operations should not wait for the source, because its last answer took long. */
  isSlow = false;

  constructor(private readonly clock: Clock) {}

  /** The failure because of which the source rests; undefined when operations may ask it. */
  get resting(): { readonly error: unknown } | undefined {
    if (this.#failure === undefined) return undefined;
    const { failedAt, inARow } = this.#failure;
    const pauseMs = Math.min(maxRetryPauseMs, retryPauseMs * 2 ** (inARow - 1));
    // A clock that is set back ends the rest, too.
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
