/** Bounds what is remembered: after each addition to the map, the entry that came first goes where there are too many. */
export function keepAtMost(map: Map<unknown, unknown>, maxEntries: number): void {
  const [oldest] = map.keys();
  if (map.size > maxEntries) map.delete(oldest);
}
