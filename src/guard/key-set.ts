import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { GuardError } from './guard-error.js';
import { isObject } from './messages.js';
import { readText } from './read-text.js';
import { type GuardRuntime, untilAborted, Watchdog } from './runtime.js';

export interface KeySetOptions {
  readonly url: URL;
  readonly runtime: Pick<GuardRuntime, 'fetch' | 'after'>;
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly signal: AbortSignal;
  /** Called when keys could not be fetched and older ones serve, or nobody waits for them. */
  readonly onError: (error: GuardError) => void;
}

interface FetchedKeys {
  readonly find: JWTVerifyGetKey;
  readonly fetchedAtMs: number;
}

/** The largest key set that is read, in bytes: some thousand keys. */
const maxKeySetBytes = 1_048_576;
/** How long fetching the keys may take, in milliseconds. */
const timeoutMs = 3_000;
/** Keys older than this are fetched anew, and serve meanwhile; much older ones do not serve any more. */
const maxAgeMs = 600_000;
const maxStaleMs = 3_600_000;
/** How long nobody fetches after a failure; how often a key that is not known may have the keys fetched. */
const retryMs = 1_000;
const unknownKeyMs = 30_000;

/** The public keys of FusionAuth. They are fetched once at a time, however many tokens wait for them. */
export class KeySet {
  #keys: FetchedKeys | null = null;
  #fetching: Promise<FetchedKeys> | null = null;
  #failure: { readonly error: GuardError; readonly atMs: number } | null = null;

  constructor(private readonly options: KeySetOptions) {}

  /** For jose. @throws GuardError when the keys cannot be had, and the errors of jose for a key that is not among them. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const { elapsedMs } = this.options;
    const keys = await this.#current();
    try {
      return await keys.find(header, token);
    } catch (error) {
      const mayBeNew = error instanceof errors.JWKSNoMatchingKey && elapsedMs() - keys.fetchedAtMs > unknownKeyMs;
      if (!mayBeNew) throw error;
      return (await this.fetch()).find(header, token);
    }
  };

  /** Fetches the keys now, unless that failed just before. @throws GuardError. */
  fetch(): Promise<FetchedKeys> {
    const { elapsedMs } = this.options;
    if (this.#failure !== null && elapsedMs() - this.#failure.atMs < retryMs)
      return Promise.reject(this.#failure.error);
    this.#fetching ??= this.#fetch()
      .then(
        (keys) => {
          this.#failure = null;
          this.#keys = keys;
          return keys;
        },
        (cause: unknown) => {
          const message = `The public keys of FusionAuth could not be fetched from ${this.options.url.href}: ${reasonOf(cause)}`;
          const error = new GuardError('KEYS_UNAVAILABLE', message, { cause });
          this.#failure = { error, atMs: elapsedMs() };
          throw error;
        },
      )
      .finally(() => {
        this.#fetching = null;
      });
    return this.#fetching;
  }

  async #current(): Promise<FetchedKeys> {
    const keys = this.#keys;
    const ageMs = keys === null ? Number.POSITIVE_INFINITY : this.options.elapsedMs() - keys.fetchedAtMs;
    if (keys === null || ageMs > maxStaleMs) return this.fetch();
    if (ageMs > maxAgeMs && this.#fetching === null) this.fetch().catch(this.options.onError);
    return keys;
  }

  async #fetch(): Promise<FetchedKeys> {
    const { url, runtime, elapsedMs, signal } = this.options;
    const fetchedAtMs = elapsedMs();
    using watchdog = new Watchdog(signal, runtime);
    watchdog.set(timeoutMs, new Error(`no answer within ${timeoutMs} ms`));
    const set = await untilAborted(watchdog.signal, async () => {
      const headers = { accept: 'application/json, application/jwk-set+json' };
      // Edge runtimes know no `redirect: 'error'`.
      const response = await runtime.fetch(url, { headers, redirect: 'manual', signal: watchdog.signal });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return parsed(await readText(response, maxKeySetBytes));
    });
    if (!isKeySet(set)) throw new Error('it is no key set');
    return { find: createLocalJWKSet(set), fetchedAtMs };
  }
}

/** Null for what is no JSON; the error of the parser would quote it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return isObject(value) && Array.isArray(value['keys']) && value['keys'].every(isObject);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown';
}
