import type { Logger } from 'pino';
import type { Clock } from '../domain/ports/clock.js';
import type { AnsweredRequest } from '../http/telemetry.js';
import { boundedLines } from './bounded-lines.js';

/** Lines that strangers can cause. */
export function boundedReports(logger: Logger, clock: Clock) {
  const warn = (message: string) => boundedLines<object>(clock, (line) => logger.warn(line, message));
  return {
    credentialsRefused: warn('credentials refused'),
    deliveryNotRecognised: warn('webhook delivery not recognised'),
    signingKeysUnavailable: warn('webhook signing keys unavailable'),
    connectionRefused: warn('too many connections of one address'),
    slowReader: warn('client does not read'),
    strangersRequest: boundedLines<object>(clock, (line) => logger.info(line, 'request')),
    // While keys cannot be had, anybody can send tokens that claim to be signed with one of them.
    strangersRequestFailed: boundedLines<object>(clock, (line) => logger.error(line, 'request failed')),
    // The mistake is the client's, so the operator has nothing to do.
    requestNotUnderstood: boundedLines<object>(clock, (line) => logger.info(line, 'request not understood')),
  };
}

/** A request without credentials that were accepted. A delivery that was accepted is FusionAuth's, which is no caller. */
export function isOfStranger({ caller, route, status }: Pick<AnsweredRequest, 'caller' | 'route' | 'status'>): boolean {
  return caller === undefined && (status === null || status >= 400 || route?.endsWith('/webhooks/fusionauth') !== true);
}
