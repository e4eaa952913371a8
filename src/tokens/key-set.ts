import { createRemoteJWKSet, customFetch, errors } from 'jose';
import { fetchKeySet } from './bounded-key-set.js';

/** The public keys of FusionAuth, fetched when they are first needed and kept for a while. */
export type KeySet = ReturnType<typeof createRemoteJWKSet>;

export interface KeySetOptions {
  /** How long fetching the keys may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
  /** How long an unknown key id fetches no keys after they were fetched, in milliseconds. */
  readonly cooldownMs: number;
}

/** How long keys are kept, in milliseconds. */
const maxAgeMs = 600_000;

export function createKeySet(url: URL, { fetchTimeoutMs, cooldownMs }: KeySetOptions): KeySet {
  return createRemoteJWKSet(url, {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    [customFetch]: fetchKeySet,
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
