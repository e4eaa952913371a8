import type { Logger } from 'pino';
import type { Refusal } from '../auth/refusal.js';
import type { Clock } from '../domain/ports/clock.js';
import { boundedLines } from './bounded-lines.js';

/** Logs why credentials are refused, and where they came from, at a bounded rate. */
export function createRefusalLog(
  logger: Logger,
  clock: Clock,
): (refusal: Refusal, request: { readonly id: string; readonly clientAddress: string }) => void {
  const write = boundedLines<object>(clock, (line) => logger.warn(line, 'credentials refused'));
  return ({ check, claimed }, { id, clientAddress }) =>
    write({ requestId: id, clientAddress, check, ...(claimed === null ? {} : { claimed }) });
}
