import type { ServiceKey } from '../auth/service-keys.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Telemetry } from './telemetry.js';

/** Reports each service key that has expired. The service starts all the same, because other keys may work. */
export function reportExpiredKeys(telemetry: Telemetry, keys: readonly ServiceKey[], clock: Clock): void {
  for (const { name, expiresAt } of keys) {
    if (expiresAt !== null && expiresAt <= clock.now()) telemetry.serviceKeyExpired(name, expiresAt);
  }
}
