import type { LagChange } from './options.js';

/** The lag is reported anew when it has grown by this factor. */
const reportedGrowth = 1.25;
/** The lease holds again when no decision has exceeded it for this long, in milliseconds. */
const calmMs = 60_000;

/** Tracks the greatest lag of accepted sessions, and reports it when it exceeds the lease. */
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

  /** The lag, in seconds. */
  get seconds(): number {
    return Math.ceil(this.#lagMs / 1_000);
  }

  /** Records the lag of an accepted session, in milliseconds. */
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
