import type { Logger } from 'pino';
import type { Refusal } from '../auth/refusal.js';
import type { Clock } from '../domain/ports/clock.js';

/** How many refusals are logged in an interval; whoever guesses keys must not fill the disk. */
const maxLines = 20;
const intervalMs = 10_000;

/** Logs why credentials are refused. The first line of an interval says how many of the one before were left out. */
export function createRefusalLog(logger: Logger, clock: Clock): (refusal: Refusal, requestId: string) => void {
  let startedAt = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let leftOut = 0;
  return ({ check, claimed }, requestId) => {
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
    const line = { requestId, check, ...(claimed === null ? {} : { claimed }), ...(leftOut === 0 ? {} : { leftOut }) };
    leftOut = 0;
    logger.warn(line, 'credentials refused');
  };
}
