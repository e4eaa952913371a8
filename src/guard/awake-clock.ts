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
    const elapsedMs = this.runtime.elapsedMs();
    const now = this.runtime.now();
    const byTimer = elapsedMs - this.#elapsedMs;
    const byDay = now - this.#now;
    this.#total += Math.max(0, byDay > byTimer + jumpMs ? byDay : byTimer);
    this.#elapsedMs = elapsedMs;
    this.#now = now;
    return this.#total;
  };
}

/** The time of day by two clocks: the one that people set, and one that goes on from where that was in the beginning. */
export class DayTime {
  readonly #begun: number;
  readonly #elapsedMs: number;

  constructor(private readonly runtime: Pick<GuardRuntime, 'now' | 'elapsedMs'>) {
    this.#begun = runtime.now();
    this.#elapsedMs = runtime.elapsedMs();
  }

  /** By the earlier one: what ends is not over before its time, although the time of day is ahead for a while. */
  readonly earliest = (): number => Math.min(this.runtime.now(), this.#steady());

  /** By the later one: what was made is not new again, although the time of day is set back. */
  readonly latest = (): number => Math.max(this.runtime.now(), this.#steady());

  #steady(): number {
    return this.#begun + this.runtime.elapsedMs() - this.#elapsedMs;
  }
}
