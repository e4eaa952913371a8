import { createRemoteJWKSet, customFetch, errors, type JWKSCacheInput, type JWTVerifyGetKey, jwksCache } from 'jose';
import { boundedFetch } from './bounded-fetch.js';
import { KeyLooks } from './key-looks.js';

/** The public keys of FusionAuth, fetched when they are first needed and kept for a while. */
export type KeySet = ReturnType<typeof createRemoteJWKSet> & {
  /** The keys with which tokens are verified now, the same object until they change; null where they have to be fetched first. */
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

/** The age at which keys are fetched anew while they still serve, in milliseconds: long before they are too old. */
export const refreshMs = 300_000;

/** The pause of that after a failure, in milliseconds. */
const retryMs = 1_000;

export function createKeySet(url: URL, { fetchTimeoutMs, cooldownMs }: KeySetOptions): KeySet {
  // jose writes it at the moment at which it takes new keys into use.
  const cache: JWKSCacheInput = {};
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    [customFetch]: fetchKeys,
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
  let known: { readonly keys: object | null; readonly text: string } = { keys: null, text: '' };
  let latest: object | null = null;
  /** Whoever makes key ids up has the same keys fetched again, which must not cost what was learnt with them. */
  const asKnown = (fetched: object | null) => {
    if (fetched === latest) return known.keys;
    latest = fetched;
    const text = JSON.stringify(fetched);
    if (text !== known.text) known = { keys: fetched, text };
    return known.keys;
  };
  return Object.assign(keys, {
    inForce: () => (keys.fresh ? asKnown(cache['jwks'] ?? null) : null),
    fetchedAt: () => cache['uat'] ?? 0,
    fetchAfterCooldown: () => {
      next ??= fetchLater().finally(() => {
        next = null;
      });
      return next;
    },
  });
}

/** @throws RangeError when the answer is too large; JWKSInvalid when it holds no key, as whoever signs tokens has one. */
async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await boundedFetch(url, options);
  const set: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : null;
  if (Array.isArray(keys) && keys.length === 0) throw new errors.JWKSInvalid('The JSON Web Key Set is empty');
  return response;
}

/** The keys of those who sign tokens: a new one is found by the first token that it has signed. */
export interface TokenKeySet extends Pick<KeySet, 'inForce'> {
  readonly find: JWTVerifyGetKey;
}

export function createTokenKeySet(url: URL, fetchTimeoutMs: number): TokenKeySet {
  // The looks below decide when unknown keys are fetched, in place of jose's cooldown.
  const keys = createKeySet(url, { fetchTimeoutMs, cooldownMs: Number.POSITIVE_INFINITY });
  const looks = new KeyLooks(() => Date.now());
  let failedAt = 0;
  /** A slow or failing fetch delays and fails no call while the keys at hand serve. */
  const refresh = () => {
    const now = Date.now();
    // A clock that was put back would have keys serve for as long again that FusionAuth no longer has.
    const isOld = Math.abs(now - keys.fetchedAt()) >= refreshMs;
    const isDue = keys.fresh && isOld && Math.abs(now - failedAt) >= retryMs;
    if (!isDue || keys.reloading) return;
    keys.reload().catch(() => {
      failedAt = Date.now();
    });
  };
  const find: JWTVerifyGetKey = async (header, token) => {
    refresh();
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
  // Tokens that are remembered for the keys in force look for no key.
  const inForce = () => {
    refresh();
    return keys.inForce();
  };
  return { find, inForce };
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
