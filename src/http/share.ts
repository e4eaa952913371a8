import type { Caller } from '../domain/caller.js';

/** The least share of one user: a page sends several requests at once. */
const minOfOneUser = 4;

/** A function to leave, or the reason for no room: the work of the user, or of everybody. */
type Entered = (() => void) | 'full of own' | 'full';

/**
 * Counts simultaneous work. A part is reserved for services: guards that follow revocations, and logins that are
 * enforced, must not wait for users. One user gets only a part of the share of users, however many requests it sends.
 */
export class Share {
  readonly #maxOfUsers: number;
  readonly #maxOfOneUser: number;
  #total = 0;
  #ofUsers = 0;
  /** The work of users by their name, without users who have none. */
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

  /** @returns a function to call when the work is over, or the reason why there is no room for this caller. */
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
