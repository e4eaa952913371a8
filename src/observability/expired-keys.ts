import type { Logger } from 'pino';
import type { ServiceKey } from '../auth/service-keys.js';
import type { Clock } from '../domain/ports/clock.js';

/** A line for each service key that lets nobody in any more. No reason not to start: the others may well. */
export function warnOfExpiredKeys(logger: Logger, keys: readonly ServiceKey[], clock: Clock): void {
  for (const { name, expiresAt } of keys) {
    if (expiresAt === null || expiresAt > clock.now()) continue;
    logger.warn(
      { key: name, expiresAt: new Date(expiresAt).toISOString() },
      'a service key of SERVICE_KEYS has expired',
    );
  }
}
