import type { AgeingMap } from './ageing-map.js';

/** Bounds a map. Called after each addition, it deletes the oldest entry when there are too many. */
export function keepAtMost<Key>(map: AgeingMap<Key, unknown>, maxEntries: number): void {
  if (map.size <= maxEntries) return;
  const { oldest } = map;
  if (oldest !== undefined) map.delete(oldest);
}
