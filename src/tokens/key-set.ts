import { createRemoteJWKSet, customFetch, errors, type JWKSCacheInput, jwksCache } from 'jose';
import { fetchKeySet } from './bounded-key-set.js';

/** The public keys of FusionAuth, fetched when they are first needed and kept for a while. */
export type KeySet = ReturnType<typeof createRemoteJWKSet> & {
  /** The keys with which tokens are verified now, another object after each fetch; null where they have to be fetched first. */
  readonly inForce: () => object | null;
  /**
   * Fetches the keys once more as soon as the cooldown has passed. Whoever asks meanwhile shares the fetch, so that there
   * is no more than one for each cooldown.
   * @returns when newer keys are in force; after `cooldownMs` and `fetchTimeoutMs` at the latest.
   */
  readonly fetchAfterCooldown: () => Promise<void>;
};

export interface KeySetOptions {
  /** How long fetching the keys may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
  /** How long an unknown key id fetches no keys after they were fetched, in milliseconds. */
  readonly cooldownMs: number;
}

/** How long keys are kept, in milliseconds. */
const maxAgeMs = 600_000;

export function createKeySet(url: URL, { fetchTimeoutMs, cooldownMs }: KeySetOptions): KeySet {
  // Written by jose in the moment in which it takes new keys into use.
  const cache: JWKSCacheInput = {};
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    [customFetch]: fetchKeySet,
    [jwksCache]: cache,
  });
  let next: Promise<void> | null = null;
  const fetchLater = async () => {
    const fetchedAt = cache['uat'] ?? 0;
    const waitMs = Math.min(cooldownMs, Math.max(0, fetchedAt + cooldownMs - Date.now()));
    await new Promise<void>((resolve) => setTimeout(resolve, waitMs).unref());
    // Unless somebody else has, in the same moment.
    if (cache['uat'] === fetchedAt) await keys.reload();
  };
  return Object.assign(keys, {
    inForce: () => (keys.fresh ? (cache['jwks'] ?? null) : null),
    fetchAfterCooldown: () => {
      next ??= fetchLater().finally(() => {
        next = null;
      });
      return next;
    },
  });
}

/** Where a FusionAuth publishes its keys. */
export function keySetUrlOf(fusionAuthUrl: string): URL {
  return new URL(`${fusionAuthUrl.replace(/\/+$/, '')}/.well-known/jwks.json`);
}

/** The longest JWT that is looked at, in characters; one of FusionAuth's has some thousand. */
export const maxTokenLength = 8_192;

/** Whether verifying failed because of the token. If not, the keys could not be had, and it may well be right. */
export function isAboutTheToken(error: unknown): error is errors.JOSEError {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // jose reports an answer other than 200 with its generic code.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
