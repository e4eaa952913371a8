import type { Instant } from '../session.js';

/** Time, so that tests can decide what it is. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };
