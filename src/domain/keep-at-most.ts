import type { AgeingMap } from './ageing-map.js';

/** Bounds what is remembered: after each addition to the map, the entry that came first goes where there are too many. */
export function keepAtMost<Key>(map: AgeingMap<Key, unknown>, maxEntries: number): void {
  if (map.size <= maxEntries) return;
  const { oldest } = map;
  if (oldest !== undefined) map.delete(oldest);
}
