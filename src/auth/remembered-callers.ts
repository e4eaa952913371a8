import { hash } from 'node:crypto';
import { AgeingMap } from '../domain/ageing-map.js';
import type { Caller } from '../domain/caller.js';
import { keepAtMost } from '../domain/keep-at-most.js';

/** How many callers are remembered, in some megabytes. The one that has not called for longest is forgotten first. */
export const maxRememberedCallers = 5_000;

/** When a token counts, in seconds since the epoch, as its claims say. */
interface Validity {
  readonly exp?: number | undefined;
  readonly nbf?: number | undefined;
}

/**
 * Callers by the SHA-256 of their verified access tokens. A caller sends one token many times, and verifying its signature
 * takes most of a call that has little to do: 280 µs, and 125 without.
 *
 * A token is remembered for the key set with which it was verified, and for no other; its times are looked at each time.
 * Callers of this class look each time whether its session has ended.
 */
export class RememberedCallers {
  readonly #callers = new AgeingMap<string, { readonly caller: Caller; readonly validity: Validity }>();
  #keys: object | null = null;

  /** @param toleranceSeconds How far the clocks of FusionAuth and of this machine may differ. */
  constructor(
    private readonly toleranceSeconds: number,
    private readonly now: () => number,
  ) {}

  /** @param keys The key set in force; null where keys have to be fetched first. */
  find(token: string, keys: object | null): Caller | undefined {
    if (keys === null || keys !== this.#keys) return undefined;
    const key = keyOf(token);
    const known = this.#callers.get(key);
    if (known === undefined) return undefined;
    this.#callers.delete(key);
    if (!this.#isInTime(known.validity)) return undefined;
    this.#callers.set(key, known);
    return known.caller;
  }

  /** @param keys The set with which the token was verified. */
  remember(token: string, keys: object, caller: Caller, validity: Validity): void {
    if (keys !== this.#keys) this.#callers.clear();
    this.#keys = keys;
    this.#callers.set(keyOf(token), { caller, validity });
    keepAtMost(this.#callers, maxRememberedCallers);
  }

  /** As jose compares. */
  #isInTime({ exp, nbf }: Validity): boolean {
    const nowSeconds = Math.floor(this.now() / 1_000);
    return (
      exp !== undefined &&
      exp > nowSeconds - this.toleranceSeconds &&
      (nbf === undefined || nbf <= nowSeconds + this.toleranceSeconds)
    );
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
