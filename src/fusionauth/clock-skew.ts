import type { Clock } from '../domain/ports/clock.js';
import type { Instant } from '../domain/session.js';

interface ClockSkewOptions {
  readonly clock: Clock;
  /** Called once when the clocks differ by more than {@link notableSkewMs}, and again after they have agreed. */
  readonly onSkew: (skewMs: number) => void;
}

/** From what difference on, in milliseconds, operators should know: tokens and sessions are judged by it. */
export const notableSkewMs = 5_000;

/** Differences beyond a day, in milliseconds, are taken for a day. */
const maxSkewMs = 86_400_000;

/** So many of the latest measurements are kept, and their median counts, so that a single odd one does not. */
const maxSamples = 5;

/** `Date` has whole seconds, and servers keep its text for up to another one. */
const dateResolutionMs = 2_000;

/**
 * How far FusionAuth's clock is ahead of ours, according to its answers and events. FusionAuth stamps sessions and
 * access tokens by its clock, so that clock has to judge everything computed from those stamps, too.
 */
export class ClockSkew {
  #samples: readonly number[] = [];
  /** The median. Clocks are read many times in each operation. */
  #aheadMs = 0;
  #isNotable = false;

  constructor(private readonly options: ClockSkewOptions) {}

  /** How far FusionAuth's clock is ahead, in milliseconds; negative when it is behind, 0 while nothing shows. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /**
   * Takes the `Date` of an answer.
   * @param sentAt When it was asked for, on our clock; the answer was written between this and `readAt`.
   */
  observeDate(date: string, sentAt: Instant, readAt: Instant): void {
    const writtenAt = Date.parse(date);
    if (Number.isNaN(writtenAt) || readAt < sentAt) return;
    const least = writtenAt - readAt;
    const most = writtenAt + dateResolutionMs - sentAt;
    this.#add(least > 0 ? least : Math.min(0, most));
  }

  /** Takes the instant of an event. One that has happened later than now shows that FusionAuth's clock is ahead. */
  observeEvent(occurredAt: Instant): void {
    const aheadMs = occurredAt - this.options.clock.now();
    if (aheadMs > 0) this.#add(aheadMs);
  }

  #add(sampleMs: number): void {
    const sample = Math.max(-maxSkewMs, Math.min(maxSkewMs, sampleMs));
    // As a rule clocks agree, and every call passes here.
    if (sample === 0 && this.#samples.every((one) => one === 0) && this.#samples.length === maxSamples) return;
    this.#samples = [...this.#samples.slice(1 - maxSamples), sample];
    const sorted = [...this.#samples].sort((a, b) => a - b);
    this.#aheadMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const isNotable = Math.abs(this.aheadMs) > notableSkewMs;
    if (isNotable && !this.#isNotable) this.options.onSkew(this.aheadMs);
    this.#isNotable = isNotable;
  }
}

/** FusionAuth's time, for judging FusionAuth's own stamps. */
export function clockOfFusionAuth(clock: Clock, skew: Pick<ClockSkew, 'aheadMs'>): Clock {
  return { now: () => clock.now() + Math.round(skew.aheadMs) };
}

/**
 * FusionAuth's time where it is ahead of ours, else ours: for saying until when access tokens can be accepted, which a
 * resource server judges by true time. A measurement that errs makes it later, never earlier.
 */
export function laterClock(clock: Clock, skew: Pick<ClockSkew, 'aheadMs'>): Clock {
  return { now: () => clock.now() + Math.max(0, Math.round(skew.aheadMs)) };
}
