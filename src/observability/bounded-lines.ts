import type { Clock } from '../domain/ports/clock.js';

/**
 * How many lines of one kind are logged in an interval, because lines that strangers cause, or each revocation, must not
 * fill the disk.
 */
const maxLines = 20;
const intervalMs = 10_000;

/**
 * Passes on a bounded number of lines in an interval. The first line of an interval holds the number of lines that the
 * interval before has left out.
 * @param write Takes a line that is to be logged.
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
