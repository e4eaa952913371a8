import type { UserId } from '../ids.js';

/** Lets the operations of one user take turns that choose which sessions stay: one runs at a time. */
export interface UserLock {
  /** False when it holds only within this process, so that other replicas may overlap all the same. */
  readonly isShared: boolean;
  /**
   * Runs the operation once no other one of this user runs.
   * @throws TooManyRequestsError when too many wait already, or the wait is too long; the operation has not run then.
   */
  run<T>(userId: UserId, operation: () => Promise<T>): Promise<T>;
}
