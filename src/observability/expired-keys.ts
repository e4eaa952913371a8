import type { ServiceKey } from '../auth/service-keys.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Telemetry } from './telemetry.js';

/** Reports each service key that lets nobody in any more. No reason not to start: the others may well. */
export function reportExpiredKeys(telemetry: Telemetry, keys: readonly ServiceKey[], clock: Clock): void {
  for (const { name, expiresAt } of keys) {
    if (expiresAt !== null && expiresAt <= clock.now()) telemetry.serviceKeyExpired(name, expiresAt);
  }
}
