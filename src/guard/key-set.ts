import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { reasonOf } from '../domain/reason-of.js';
import { KeyLooks } from '../tokens/key-looks.js';
import { GuardError } from './guard-error.js';
import { isObject } from './messages.js';
import { readText } from './read-text.js';
import { type GuardRuntime, untilAborted, Watchdog } from './runtime.js';

interface KeySetOptions {
  readonly url: URL;
  readonly runtime: Pick<GuardRuntime, 'fetch' | 'after'>;
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly signal: AbortSignal;
  /** Called when keys could not be fetched while older ones serve, or while nobody waits for them. */
  readonly onError: (error: GuardError) => void;
}

interface FetchedKeys {
  /** The answer that they are from. */
  readonly text: string;
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly fetchedAtMs: number;
  /** The keys found so far, by key id, each for the algorithm last asked for. Bounded by the number of keys. */
  readonly found: Map<string, { readonly alg: string; readonly key: CryptoKey }>;
}

/** The largest key set that is read, in bytes: some thousand keys. */
const maxKeySetBytes = 1_048_576;
/** How long fetching the keys may take, in milliseconds. */
const timeoutMs = 3_000;
/**
 * The age at which keys are fetched anew while they still serve, and the age at which they no longer do, in
 * milliseconds.
 */
const maxAgeMs = 600_000;
const maxStaleMs = 3_600_000;
/** The pause of fetching after a failure, in milliseconds. */
const retryMs = 1_000;

/** The public keys of FusionAuth. All tokens that wait for them share one fetch. */
export class KeySet {
  #keys: FetchedKeys | null = null;
  #fetching: Promise<FetchedKeys> | null = null;
  #failure: { readonly error: GuardError; readonly atMs: number } | null = null;

  readonly #looks: KeyLooks;

  constructor(private readonly options: KeySetOptions) {
    this.#looks = new KeyLooks(options.elapsedMs);
  }

  /**
   * Finds the key of a token, for jose. @throws GuardError when the keys cannot be fetched, and jose's errors for a key
   * that is not among them.
   */
  readonly find: JWTVerifyGetKey = (header, token) => {
    const known = this.inForce()?.get(header.kid ?? '');
    return known?.alg === header.alg ? known.key : this.#find(header, token);
  };

  /**
   * Those found among the keys with which tokens are verified now, the same object until the keys change; null where they
   * have to be fetched first.
   */
  inForce(): FetchedKeys['found'] | null {
    return this.#keys === null || this.#ageOf(this.#keys) > maxAgeMs ? null : this.#keys.found;
  }

  readonly #find = async (...[header, token]: Parameters<JWTVerifyGetKey>): Promise<CryptoKey> => {
    const keys = await this.#current();
    try {
      const key = await keys.find(header, token);
      if (header.kid) keys.found.set(header.kid, { alg: header.alg, key });
      return key;
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return await this.#looks.look(error, {
        fetchedAtMs: keys.fetchedAtMs,
        isUnderWay: this.#fetching !== null,
        fetch: () => this.fetch(),
        find: (newer) => newer.find(header, token),
      });
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
    const ageMs = keys === null ? Number.POSITIVE_INFINITY : this.#ageOf(keys);
    if (keys === null || ageMs > maxStaleMs) return this.fetch();
    if (ageMs > maxAgeMs && this.#fetching === null) this.fetch().catch(this.options.onError);
    return keys;
  }

  #ageOf({ fetchedAtMs }: FetchedKeys): number {
    return this.options.elapsedMs() - fetchedAtMs;
  }

  async #fetch(): Promise<FetchedKeys> {
    const { url, runtime, elapsedMs, signal } = this.options;
    const fetchedAtMs = elapsedMs();
    using watchdog = new Watchdog(signal, runtime);
    watchdog.set(timeoutMs, new Error(`no answer within ${timeoutMs} ms`));
    const text = await untilAborted(watchdog.signal, async () => {
      const headers = { accept: 'application/json, application/jwk-set+json' };
      // Edge runtimes know no `redirect: 'error'`.
      const response = await runtime.fetch(url, { headers, redirect: 'manual', signal: watchdog.signal });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return readText(response, maxKeySetBytes);
    });
    // Whoever makes key ids up has the same keys fetched again, which must not cost what was learnt with them.
    if (text === this.#keys?.text) return { ...this.#keys, fetchedAtMs };
    const set = parsed(text);
    if (!isKeySet(set) || set.keys.length === 0) throw new Error('it is no key set, or an empty one');
    return { text, find: createLocalJWKSet(set), fetchedAtMs, found: new Map() };
  }
}

/** The value of a JSON text; null when it is malformed, because the parser's error would quote it. */
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
