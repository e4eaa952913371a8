import type { GuardRuntime } from './runtime.js';

/** Corrections of the time of day below this are usual, in milliseconds. */
const jumpMs = 1_000;

/**
 * A clock in milliseconds that counts the time in which the machine sleeps, and never goes back. The clock of a process
 * stands still during a sleep, and the time of day may be set back, so this clock goes by whichever has advanced more.
 */
export class AwakeClock {
  #total = 0;
  #elapsedMs: number;
  #now: number;

  constructor(private readonly runtime: Pick<GuardRuntime, 'now' | 'elapsedMs'>) {
    this.#elapsedMs = runtime.elapsedMs();
    this.#now = runtime.now();
  }

  /** The milliseconds since the clock was made. */
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

/** The time of day by two clocks: the one that people set, and a steady one that started with it. */
export class DayTime {
  readonly #begun: number;
  readonly #elapsedMs: number;

  constructor(private readonly runtime: Pick<GuardRuntime, 'now' | 'elapsedMs'>) {
    this.#begun = runtime.now();
    this.#elapsedMs = runtime.elapsedMs();
  }

  /** The earlier of the two, by which nothing expires too soon while the time of day is ahead. */
  readonly earliest = (): number => Math.min(this.runtime.now(), this.#steady());

  /** The later of the two, by which nothing gets younger when the time of day is set back. */
  readonly latest = (): number => Math.max(this.runtime.now(), this.#steady());

  #steady(): number {
    return this.#begun + this.runtime.elapsedMs() - this.#elapsedMs;
  }
}
