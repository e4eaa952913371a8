import type { LagChange } from './options.js';

/** The lag is reported anew when it has grown by this factor. */
const reportedGrowth = 1.25;
/** It holds again when no decision has exceeded it for so long, in milliseconds. */
const calmMs = 60_000;

/** How long ago the sessions that are accepted were last known to live, at most: reported when that exceeds the lease. */
export class RevocationLag {
  #lagMs: number;
  #exceededAtMs = Number.NEGATIVE_INFINITY;
  #exceededMs = 0;

  constructor(
    private readonly maxLagMs: number,
    private readonly elapsedMs: () => number,
    private readonly onChange: (change: LagChange) => void,
  ) {
    this.#lagMs = maxLagMs;
  }

  /** In seconds. */
  get seconds(): number {
    return Math.ceil(this.#lagMs / 1_000);
  }

  /** A token was accepted whose session was known to live so long ago. */
  note(lagMs: number): void {
    if (lagMs > this.maxLagMs) {
      this.#exceededAtMs = this.elapsedMs();
      this.#exceededMs = Math.max(this.#exceededMs, lagMs);
      if (this.#exceededMs >= this.#lagMs * (this.#lagMs === this.maxLagMs ? 1 : reportedGrowth))
        this.#report(this.#exceededMs);
    } else if (this.#lagMs > this.maxLagMs && this.elapsedMs() - this.#exceededAtMs > calmMs) {
      this.#exceededMs = 0;
      this.#report(this.maxLagMs);
    }
  }

  #report(lagMs: number): void {
    this.#lagMs = lagMs;
    this.onChange({ lagSeconds: this.seconds, maxRevocationLagSeconds: this.maxLagMs / 1_000 });
  }
}
