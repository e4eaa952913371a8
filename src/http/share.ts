import type { Caller } from '../domain/caller.js';

/**
 * Counts simultaneous work. Users, of whom there can be any number, leave a part of it to services: guards
 * that follow revocations, and logins that are enforced, must not wait for users.
 */
export class Share {
  readonly #maxOfUsers: number;
  #total = 0;
  #ofUsers = 0;

  /** @param reservePercent The share of `max` that users cannot take. */
  constructor(
    private readonly max: number,
    reservePercent: number,
  ) {
    this.#maxOfUsers = max - Math.floor((max * reservePercent) / 100);
  }

  /** @returns a function to call when it is over, or null when there is no room for callers of this kind. */
  enter(kind: Caller['kind']): (() => void) | null {
    const ofUsers = kind === 'user' ? 1 : 0;
    if (this.#total >= this.max || this.#ofUsers + ofUsers > this.#maxOfUsers) return null;
    this.#total++;
    this.#ofUsers += ofUsers;
    return () => {
      this.#total--;
      this.#ofUsers -= ofUsers;
    };
  }
}
