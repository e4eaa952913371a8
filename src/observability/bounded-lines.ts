import type { Clock } from '../domain/ports/clock.js';

/** How many lines of one kind are logged in an interval; what strangers can cause must not fill the disk. */
const maxLines = 20;
const intervalMs = 10_000;

/**
 * Passes on so many lines in an interval. The first of an interval says how many of the one before were left out.
 * @param write Given what to log besides.
 */
export function boundedLines<Line extends object>(
  clock: Clock,
  write: (line: Line & { readonly leftOut?: number }) => void,
): (line: Line) => void {
  let startedAt = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let leftOut = 0;
  return (line) => {
    const now = clock.now();
    if (now - startedAt >= intervalMs || now < startedAt) {
      startedAt = now;
      lines = 0;
    }
    if (lines >= maxLines) {
      leftOut += 1;
      return;
    }
    lines += 1;
    const counted = leftOut === 0 ? line : { ...line, leftOut };
    leftOut = 0;
    write(counted);
  };
}
