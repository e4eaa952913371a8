import { AgeingMap } from '../domain/ageing-map.js';
import { keepAtMost } from '../domain/keep-at-most.js';

interface RememberedTokensOptions {
  /** The token that has not come for longest is forgotten first. 0 remembers none. */
  readonly maxTokens: number;
  /** How far the clocks of FusionAuth and of this machine may differ, in seconds. */
  readonly toleranceSeconds: number;
  /** In milliseconds since the epoch. */
  readonly now: () => number;
  /** The keys with which tokens are verified now; null where they have to be fetched first. */
  readonly keysInForce: () => object | null;
  /** What a token is remembered by: the same for no two tokens. */
  readonly keyOf: (token: string) => string;
}

/** When a token counts, in seconds since the epoch, as its claims say. */
interface Validity {
  readonly exp?: number | undefined;
  readonly nbf?: number | undefined;
}

/**
 * What was learnt of verified tokens. A bearer sends one token many times, and verifying its signature is most of the
 * work of recognising it.
 *
 * A token is remembered for the key set with which it was verified, and for no other; its times are looked at each time.
 * Whether its session has ended is for the callers of this class to find out, each time.
 */
export class RememberedTokens<Known> {
  readonly #tokens = new AgeingMap<string, { readonly known: Known; readonly validity: Validity }>();
  #keys: object | null = null;

  constructor(private readonly options: RememberedTokensOptions) {}

  /** @param keys The keys in force. */
  find(token: string, keys: object | null): Known | undefined {
    if (keys === null || keys !== this.#keys) return undefined;
    const key = this.options.keyOf(token);
    const entry = this.#tokens.get(key);
    if (entry === undefined) return undefined;
    this.#tokens.delete(key);
    if (!this.#isInTime(entry.validity)) return undefined;
    this.#tokens.set(key, entry);
    return entry.known;
  }

  /** @param keys The keys that were in force before the token was verified. */
  remember(token: string, keys: object | null, known: Known, { exp, nbf }: Validity): void {
    const { maxTokens, keysInForce } = this.options;
    // Where other keys came meanwhile, nobody knows with which of them the token was verified.
    if (maxTokens === 0 || keys === null || keys !== keysInForce()) return;
    if (keys !== this.#keys) this.#tokens.clear();
    this.#keys = keys;
    this.#tokens.set(this.options.keyOf(token), { known, validity: { exp, nbf } });
    keepAtMost(this.#tokens, maxTokens);
  }

  /** As jose compares. */
  #isInTime({ exp, nbf }: Validity): boolean {
    const { now, toleranceSeconds } = this.options;
    const nowSeconds = Math.floor(now() / 1_000);
    return (
      exp !== undefined &&
      exp > nowSeconds - toleranceSeconds &&
      (nbf === undefined || nbf <= nowSeconds + toleranceSeconds)
    );
  }
}
