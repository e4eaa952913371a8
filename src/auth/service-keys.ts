import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller, Permission } from '../domain/caller.js';

/** A service key as configured: the key itself is known only to the service that uses it. */
export interface ServiceKey {
  readonly name: string;
  /** SHA-256 of the key. Enough for keys of high entropy, which nobody can guess from a hash. */
  readonly sha256: Buffer;
  readonly permissions: ReadonlySet<Permission>;
}

export function hashServiceKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Recognises callers by `Authorization: Bearer <service key>`. */
export class ServiceKeyAuthenticator {
  constructor(private readonly keys: readonly ServiceKey[]) {}

  /**
   * @returns null when the credentials are missing, malformed or unknown. Compares hashes in constant time and looks
   * at every key, so that the time taken tells nothing about the keys.
   */
  authenticate(authorization: string | undefined): Caller | null {
    const key = bearerToken(authorization);
    if (key === null) return null;
    const presented = hashServiceKey(key);
    let caller: Caller | null = null;
    for (const { name, sha256, permissions } of this.keys) {
      if (timingSafeEqual(presented, sha256)) caller = { kind: 'service', name, permissions };
    }
    return caller;
  }
}

/** @see RFC 6750 section 2.1 */
function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1] ?? null;
}
