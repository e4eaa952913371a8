import { createHash, timingSafeEqual } from 'node:crypto';
import type { CallerRights, ServiceCaller } from '../domain/caller.js';
import type { Clock } from '../domain/ports/clock.js';

/** A service key as configured: the key itself is known only to the service that uses it. */
export interface ServiceKey extends CallerRights {
  /** SHA-256 of the key. Enough for keys of high entropy, which nobody can guess from a hash. */
  readonly sha256: Buffer;
}

export function hashServiceKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Recognises services by their keys. Several keys may be valid for one service, so that a key can be replaced. */
export class ServiceKeyAuthenticator {
  constructor(
    private readonly keys: readonly ServiceKey[],
    private readonly clock: Clock,
  ) {}

  /**
   * @returns null when the key is unknown or has expired. Compares hashes in constant time and looks at every key, so
   * that the time taken reveals nothing about the keys.
   */
  authenticate(key: string): ServiceCaller | null {
    const presented = hashServiceKey(key);
    let found: ServiceKey | null = null;
    for (const configured of this.keys) {
      if (timingSafeEqual(presented, configured.sha256)) found = configured;
    }
    if (found === null || (found.expiresAt !== null && this.clock.now() >= found.expiresAt)) return null;
    const { name, expiresAt, permissions, tenantIds, applicationIds } = found;
    return { kind: 'service', name, expiresAt, permissions, tenantIds, applicationIds };
  }
}
