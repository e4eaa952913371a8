import type { Caller } from '../domain/caller.js';

/** One user may have so many at least: a page asks for several things. */
const minOfOneUser = 4;

/** How to leave, or why there is no room: its own work, or that of all. */
type Entered = (() => void) | 'full of own' | 'full';

/**
 * Counts simultaneous work. Users, of whom there can be any number, leave a part of it to services: guards
 * that follow revocations, and logins that are enforced, must not wait for users. And one user leaves most of what
 * users have to the others, however many requests it sends without waiting for answers.
 */
export class Share {
  readonly #maxOfUsers: number;
  readonly #maxOfOneUser: number;
  #total = 0;
  #ofUsers = 0;
  /** By name; only those who have any. */
  readonly #ofUser = new Map<string, number>();

  /**
   * @param reservePercent The share of `max` that users cannot take.
   * @param userPercent The share of the rest that one of them may take.
   */
  constructor(
    private readonly max: number,
    reservePercent: number,
    userPercent: number,
  ) {
    this.#maxOfUsers = max - Math.floor((max * reservePercent) / 100);
    this.#maxOfOneUser = Math.max(minOfOneUser, Math.floor((this.#maxOfUsers * userPercent) / 100));
  }

  /** @returns a function to call when it is over; or why there is no room for this caller. */
  enter({ kind, name }: Pick<Caller, 'kind' | 'name'>): Entered {
    if (kind !== 'user') return this.#total < this.max ? this.#begin(0) : 'full';
    const own = this.#ofUser.get(name) ?? 0;
    if (own >= this.#maxOfOneUser) return 'full of own';
    if (this.#total >= this.max || this.#ofUsers >= this.#maxOfUsers) return 'full';
    this.#ofUser.set(name, own + 1);
    const leave = this.#begin(1);
    return () => {
      leave();
      const left = (this.#ofUser.get(name) ?? 1) - 1;
      if (left === 0) this.#ofUser.delete(name);
      else this.#ofUser.set(name, left);
    };
  }

  #begin(ofUsers: number): () => void {
    this.#total++;
    this.#ofUsers += ofUsers;
    return () => {
      this.#total--;
      this.#ofUsers -= ofUsers;
    };
  }
}
