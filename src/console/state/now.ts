import { createStore, useStore } from './store.js';

const everyMs = 15_000;

/** How far clocks that agree may seem to be apart: the service says whole seconds, and an answer is on its way for some. */
const agreementMs = 5_000;

/** How far the clock of the service is ahead of the browser's, which nobody may have set. */
let aheadMs = 0;

/** Learns from an answer what time it is at the service, by whose clock sessions begin and expire. */
export function noteTimeOf({ headers }: Response): void {
  const ms = Date.parse(headers.get('date') ?? '') - Date.now();
  if (!Number.isNaN(ms)) aheadMs = Math.abs(ms) < agreementMs ? 0 : ms;
}

/** The time at the service, in milliseconds since the Unix epoch. */
export function currentTime(): number {
  return Date.now() + aheadMs;
}

const now = createStore(currentTime());
setInterval(() => now.set(currentTime()), everyMs);

/** The time, which moves on while the page is open. */
export function useNow(): number {
  const current = currentTime();
  // Never behind what has just happened, and no other time than the service has just said.
  return Math.min(current, Math.max(useStore(now), current - everyMs));
}
