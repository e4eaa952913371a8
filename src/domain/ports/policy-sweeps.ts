import type { Instant } from '../session.js';

/**
 * Turns at sweeping FusionAuth's login records: one replica at a time, and none sooner than the interval. Taking a turn
 * is one atomic step. While the store is away, callers skip the sweep and try again after the interval. A record that
 * is read twice costs one run that finds nothing to do.
 */
export interface PolicySweeps {
  /**
   * @param intervalMs How long after the end of the last sweep the next may begin, in milliseconds.
   * @returns null when it is too early, or another replica is at it. @throws StoreUnavailableError
   */
  begin(intervalMs: number): Promise<PolicySweep | null>;
}

/** One turn. It is lost when it is not advanced for {@link sweepTurnMs}. */
export interface PolicySweep {
  /** Up to which instant records have been looked through; null when none ever were. By the clock of FusionAuth. */
  readonly since: Instant | null;
  /** Sets the watermark, back as well after a clock that was ahead. @returns false when the turn is lost. @throws StoreUnavailableError */
  advance(until: Instant): Promise<boolean>;
  /** Ends the turn. @throws StoreUnavailableError: the turn lapses then. */
  end(): Promise<void>;
}

/** How long a turn holds without being advanced, in milliseconds. */
export const sweepTurnMs = 60_000;
