import { type PolicySweep, type PolicySweeps, sweepTurnMs } from '../domain/ports/policy-sweeps.js';
import type { Instant } from '../domain/session.js';

/** Turns of this process. The watermark is lost with it, so the next process sweeps the login records anew. */
export class InProcessPolicySweeps implements PolicySweeps {
  #since: Instant | null = null;
  #endedAt = Number.NEGATIVE_INFINITY;
  #turn: { aliveAt: number } | null = null;

  /** @param elapsedMs Milliseconds on a clock that only goes forward. */
  constructor(private readonly elapsedMs: () => number = () => performance.now()) {}

  async begin(intervalMs: number): Promise<PolicySweep | null> {
    const now = this.elapsedMs();
    if (this.#turn !== null && now - this.#turn.aliveAt < sweepTurnMs) return null;
    if (now - this.#endedAt < intervalMs) return null;
    const turn = { aliveAt: now };
    this.#turn = turn;
    return {
      since: this.#since,
      advance: async (until) => {
        if (this.#turn !== turn) return false;
        turn.aliveAt = this.elapsedMs();
        this.#since = until;
        return true;
      },
      end: async () => {
        if (this.#turn !== turn) return;
        this.#turn = null;
        this.#endedAt = this.elapsedMs();
      },
    };
  }
}
