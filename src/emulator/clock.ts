/**
 * The emulator's time: real time that can be moved, or a frozen instant.
 *
 * Only instants are moved. Waits (fault latency, webhook timeouts) are real.
 */
export class MovableClock {
  #offsetMs = 0;
  #frozenAtMs: number | undefined;

  /** The current instant, in milliseconds since the epoch. */
  now(): number {
    return this.#frozenAtMs ?? Date.now() + this.#offsetMs;
  }

  /** Moves the clock by `ms` milliseconds; negative values move it back. A frozen clock stays frozen. */
  advance(ms: number): void {
    if (this.#frozenAtMs === undefined) {
      this.#offsetMs += ms;
    } else {
      this.#frozenAtMs += ms;
    }
  }

  /** Freezes the clock at `epochMs`, in milliseconds since the epoch. */
  set(epochMs: number): void {
    this.#frozenAtMs = epochMs;
  }
}
