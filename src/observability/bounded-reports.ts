import type { Logger } from 'pino';
import type { Clock } from '../domain/ports/clock.js';
import { boundedLines } from './bounded-lines.js';

/** Lines that strangers can cause. */
export function boundedReports(logger: Logger, clock: Clock) {
  const warn = (message: string) => boundedLines<object>(clock, (line) => logger.warn(line, message));
  return {
    credentialsRefused: warn('credentials refused'),
    deliveryNotRecognised: warn('webhook delivery not recognised'),
    connectionRefused: warn('too many connections of one address'),
    slowReader: warn('client does not read'),
    // The requester's mistake, and nothing that the operator has to act on.
    requestNotUnderstood: boundedLines<object>(clock, (line) => logger.info(line, 'request not understood')),
  };
}
