import type { UserId } from '../ids.js';

/** Lets the operations of one user that must not overlap take turns: shared ones overlap only each other. */
export interface UserLock {
  /** False when it holds only within this process, so that other replicas may overlap all the same. */
  readonly isShared: boolean;
  /**
   * Runs the operation once no other one of this user runs that it must not overlap.
   * @throws TooManyRequestsError when too many wait already, or the wait is too long; the operation has not run then.
   */
  run<T>(userId: UserId, turn: 'shared' | 'exclusive', operation: () => Promise<T>): Promise<T>;
}
