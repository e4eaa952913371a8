import { FairTurns } from '../domain/fair-turns.js';
import type { CallContext, TransportRequest } from './transport-call.js';

/** The share of simultaneous calls for users. The rest stays free for the logins of services. */
const shareOfUsers = 0.25;

/**
 * The share of simultaneous calls for searches. FusionAuth may be slow to search, when its search engine is, while it ends
 * sessions as fast as ever: the rest stays free for logins.
 */
const shareOfSearches = 0.5;

/** Bounds how many calls to FusionAuth are under way at the same time, and of which kinds. */
export class CallTurns {
  readonly #all: FairTurns;
  readonly #ofUsers: FairTurns;
  readonly #ofSearches: FairTurns;

  /** @param maxQueued The calls that may wait for each kind of turn. */
  constructor(maxConcurrent: number, maxQueued: number) {
    this.#all = new FairTurns(maxConcurrent, maxQueued);
    this.#ofUsers = new FairTurns(Math.ceil(maxConcurrent * shareOfUsers), maxQueued);
    this.#ofSearches = new FairTurns(Math.ceil(maxConcurrent * shareOfSearches), maxQueued);
  }

  get waitingCount(): number {
    return this.#all.waitingCount + this.#ofUsers.waitingCount + this.#ofSearches.waitingCount;
  }

  /** The turns that a call has to have, in the order in which all calls take them. */
  neededFor({ isSearch }: TransportRequest, { operation }: CallContext): readonly FairTurns[] {
    const ofUsers = operation.user === undefined ? [] : [this.#ofUsers];
    const ofSearches = isSearch === true ? [this.#ofSearches] : [];
    return [...ofUsers, ...ofSearches, this.#all];
  }
}
