import type { UserId } from '../ids.js';

/**
 * Lets the operations that choose which sessions of a user stay take turns: one of a user runs at a time, and those that
 * wait in one process go in the order they came. Among replicas no order is promised.
 *
 * It never rejects because a store is away: the operation then runs under a turn of this process alone, and its caller
 * says so in its answer. An operation that loses its turn goes on, because half of it may be done, and says so, too.
 */
export interface UserLock {
  /**
   * Runs the operation once no other one of this user runs. When replicas share a store that cannot be reached, the
   * turns are those of this process, and the lease says so.
   * @throws TooManyRequestsError when too many wait already, or the wait is too long; the operation has not run then.
   */
  run<T>(userId: UserId, operation: (lease: Lease) => Promise<T>): Promise<T>;
}

/** The turn of one operation. */
export interface Lease {
  /** False when only the operations of this process take turns, so that other replicas may overlap all the same. */
  readonly isShared: boolean;
  /** Aborted when the turn is lost before it is over: another replica may have begun one. */
  readonly signal: AbortSignal;
}

/** Whether a turn was the only one of its user, over all replicas and to its end. */
export function wasAlone({ isShared, signal }: Lease): boolean {
  return isShared && !signal.aborted;
}
