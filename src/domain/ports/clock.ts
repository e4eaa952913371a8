import type { Instant } from '../session.js';

/** The time, which tests can set. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };
