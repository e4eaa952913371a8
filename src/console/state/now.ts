import { createStore, useStore } from './store.js';

const everyMs = 15_000;

const now = createStore(Date.now());
setInterval(() => now.set(Date.now()), everyMs);

/** The time, which moves on while the page is open. */
export function useNow(): number {
  // Never behind what has just happened.
  return Math.max(useStore(now), Date.now() - everyMs);
}
