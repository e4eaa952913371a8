import { createRemoteJWKSet, customFetch, errors, type JWKSCacheInput, type JWTVerifyGetKey, jwksCache } from 'jose';
import { boundedFetch } from './bounded-fetch.js';
import { KeyLooks } from './key-looks.js';

/** The public keys of FusionAuth, fetched when they are first needed and kept for a while. */
export type KeySet = ReturnType<typeof createRemoteJWKSet> & {
  /** The keys with which tokens are verified now, another object after each fetch; null where they have to be fetched first. */
  readonly inForce: () => object | null;
  /** When they were fetched last, in milliseconds since the epoch; 0 before. */
  readonly fetchedAt: () => number;
  /**
   * Fetches the keys once more as soon as the cooldown has passed. Calls that come meanwhile share the fetch, so that there
   * is no more than one for each cooldown. Resolves when newer keys are in force; settles after `cooldownMs` and
   * `fetchTimeoutMs` at the latest.
   */
  readonly fetchAfterCooldown: () => Promise<void>;
};

interface KeySetOptions {
  /** How long fetching the keys may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
  /** How long an unknown key id fetches no keys after they were fetched, in milliseconds. */
  readonly cooldownMs: number;
}

/** How long keys are kept, in milliseconds. */
const maxAgeMs = 600_000;

export function createKeySet(url: URL, { fetchTimeoutMs, cooldownMs }: KeySetOptions): KeySet {
  // jose writes it at the moment at which it takes new keys into use.
  const cache: JWKSCacheInput = {};
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    [customFetch]: boundedFetch,
    [jwksCache]: cache,
  });
  let next: Promise<void> | null = null;
  const fetchLater = async () => {
    const fetchedAt = cache['uat'] ?? 0;
    const waitMs = Math.min(cooldownMs, Math.max(0, fetchedAt + cooldownMs - Date.now()));
    await new Promise<void>((resolve) => setTimeout(resolve, waitMs).unref());
    // Unless another call has fetched them at the same moment.
    if (cache['uat'] === fetchedAt) await keys.reload();
  };
  return Object.assign(keys, {
    inForce: () => (keys.fresh ? (cache['jwks'] ?? null) : null),
    fetchedAt: () => cache['uat'] ?? 0,
    fetchAfterCooldown: () => {
      next ??= fetchLater().finally(() => {
        next = null;
      });
      return next;
    },
  });
}

/** The keys of those who sign tokens: a new one is found by the first token that it has signed. */
export interface TokenKeySet extends Pick<KeySet, 'inForce'> {
  readonly find: JWTVerifyGetKey;
}

export function createTokenKeySet(url: URL, fetchTimeoutMs: number): TokenKeySet {
  // The looks below decide when unknown keys are fetched, in place of jose's cooldown.
  const keys = createKeySet(url, { fetchTimeoutMs, cooldownMs: Number.POSITIVE_INFINITY });
  const looks = new KeyLooks(() => Date.now());
  const find: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return await looks.look(error, {
        fetchedAtMs: keys.fetchedAt(),
        isUnderWay: keys.reloading,
        fetch: () => keys.reload(),
        find: () => keys(header, token),
      });
    }
  };
  return { find, inForce: keys.inForce };
}

/** Where a FusionAuth publishes its keys. */
export function keySetUrlOf(fusionAuthUrl: string): URL {
  return new URL(`${fusionAuthUrl.replace(/\/+$/, '')}/.well-known/jwks.json`);
}

/** The longest JWT that is looked at, in characters; one of FusionAuth's has some thousand. */
export const maxTokenLength = 8_192;

/** Whether verifying failed because of the token. If not, the keys could not be had, and the token may be right. */
export function isAboutTheToken(error: unknown): error is errors.JOSEError {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // jose reports an answer other than 200 with its generic code.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
