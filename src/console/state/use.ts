/** Longer than anybody waits for an answer. */
const inUseMs = 60_000;

let usedAt = performance.now();

for (const type of ['pointerdown', 'keydown', 'hashchange']) {
  addEventListener(type, () => (usedAt = performance.now()), { capture: true, passive: true });
}

/** Whether somebody works with the page at this moment. */
export function isInUse(): boolean {
  return performance.now() - usedAt < inUseMs;
}
