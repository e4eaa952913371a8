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

/**
 * The time of day as it was when this began, and what has passed since by a clock that nobody sets: revocations are held
 * by it, so that a time of day which is wrong for a while has none of them forgotten.
 */
export function timeSince({ now, elapsedMs }: Pick<GuardRuntime, 'now' | 'elapsedMs'>): () => number {
  const [begun, elapsed] = [now(), elapsedMs()];
  return () => begun + elapsedMs() - elapsed;
}
