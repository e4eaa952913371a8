import type { Clock } from '../domain/ports/clock.js';
import type { Instant } from '../domain/session.js';

interface ClockSkewOptions {
  readonly clock: Clock;
  /** Called once when the clocks differ by more than {@link notableSkewMs}, and again after they have agreed. */
  readonly onSkew: (skewMs: number) => void;
}

/** The difference, in milliseconds, from which operators are told, because clocks decide on tokens and sessions. */
export const notableSkewMs = 5_000;

/** Differences beyond a day, in milliseconds, are taken for a day. */
const maxSkewMs = 86_400_000;

/** How many of the latest measurements are kept. Their median counts, so that a single odd one has no effect. */
const maxSamples = 5;

/** How coarse a `Date` is: it has whole seconds, and servers reuse its text for up to another second. */
const dateResolutionMs = 2_000;

/**
 * Measures how far FusionAuth's clock is ahead of ours, by its answers and events. FusionAuth stamps sessions and
 * access tokens by its clock, so everything computed from these stamps is compared with that clock.
 */
export class ClockSkew {
  #samples: readonly number[] = [];
  /** The median, kept because clocks are read many times in each operation. */
  #aheadMs = 0;
  #isNotable = false;

  constructor(private readonly options: ClockSkewOptions) {}

  /** How far FusionAuth's clock is ahead, in milliseconds; negative when it is behind, 0 while nothing shows. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /**
   * Measures by the `Date` of an answer.
   * @param sentAt When the request was sent, by our clock. The answer was written between this and `readAt`.
   */
  observeDate(date: string, sentAt: Instant, readAt: Instant): void {
    const writtenAt = Date.parse(date);
    if (Number.isNaN(writtenAt) || readAt < sentAt) return;
    const least = writtenAt - readAt;
    const most = writtenAt + dateResolutionMs - sentAt;
    this.#add(least > 0 ? least : Math.min(0, most));
  }

  /** Measures by the instant of an event. An event in the future shows that FusionAuth's clock is ahead. */
  observeEvent(occurredAt: Instant): void {
    const aheadMs = occurredAt - this.options.clock.now();
    if (aheadMs > 0) this.#add(aheadMs);
  }

  #add(sampleMs: number): void {
    const sample = Math.max(-maxSkewMs, Math.min(maxSkewMs, sampleMs));
    // A short cut for every call while the clocks agree.
    if (sample === 0 && this.#samples.every((one) => one === 0) && this.#samples.length === maxSamples) return;
    this.#samples = [...this.#samples.slice(1 - maxSamples), sample];
    const sorted = [...this.#samples].sort((a, b) => a - b);
    this.#aheadMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const isNotable = Math.abs(this.aheadMs) > notableSkewMs;
    if (isNotable && !this.#isNotable) this.options.onSkew(this.aheadMs);
    this.#isNotable = isNotable;
  }
}

/** FusionAuth's time, for comparison with FusionAuth's own stamps. */
export function clockOfFusionAuth(clock: Clock, skew: Pick<ClockSkew, 'aheadMs'>): Clock {
  return { now: () => clock.now() + Math.round(skew.aheadMs) };
}

/**
 * The later of FusionAuth's time and ours, for computing until when access tokens can be accepted, which resource
 * servers judge by true time. A wrong measurement makes it later, never earlier.
 */
export function laterClock(clock: Clock, skew: Pick<ClockSkew, 'aheadMs'>): Clock {
  return { now: () => clock.now() + Math.max(0, Math.round(skew.aheadMs)) };
}
