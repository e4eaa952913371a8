import type { GuardRuntime } from './runtime.js';

/** The time of day is corrected by less than this all the time, in milliseconds. */
const jumpMs = 1_000;

/**
 * Milliseconds that have passed, those included in which the machine slept. Timers of a process stand still then, and
 * the time of day may be set back: this clock goes by the one that says that more has passed, and never back.
 */
export class AwakeClock {
  #total = 0;
  #elapsedMs: number;
  #now: number;

  constructor(private readonly runtime: Pick<GuardRuntime, 'now' | 'elapsedMs'>) {
    this.#elapsedMs = runtime.elapsedMs();
    this.#now = runtime.now();
  }

  /** Since the clock was made. */
  readonly elapsedMs = (): number => {
    const [elapsedMs, now] = [this.runtime.elapsedMs(), this.runtime.now()];
    const byTimer = elapsedMs - this.#elapsedMs;
    const byDay = now - this.#now;
    this.#total += Math.max(0, byDay > byTimer + jumpMs ? byDay : byTimer);
    this.#elapsedMs = elapsedMs;
    this.#now = now;
    return this.#total;
  };
}
