import { busyUser } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { Lease, UserLock } from '../domain/ports/user-lock.js';

interface InProcessUserLockOptions {
  /** How many operations of one user may wait; one more is refused. */
  readonly maxWaiting: number;
  /** How long an operation waits for its turn, in milliseconds. */
  readonly maxWaitMs: number;
}

/** No other process can take the turn away. */
const ofThisProcess: Lease = { isShared: false, signal: new AbortController().signal };

/** Turns within this process, first come first served. Users for whom nothing runs cost nothing. */
export class InProcessUserLock implements UserLock {
  /** The waiting operations of each user, in order. A user has an entry exactly while an operation runs. */
  readonly #waiting = new Map<UserId, Set<() => void>>();

  constructor(private readonly options: InProcessUserLockOptions) {}

  async run<T>(userId: UserId, operation: (lease: Lease) => Promise<T>): Promise<T> {
    await this.#enter(userId);
    try {
      return await operation(ofThisProcess);
    } finally {
      this.#leave(userId);
    }
  }

  #enter(userId: UserId): Promise<void> {
    const waiting = this.#waiting.get(userId);
    if (waiting === undefined) {
      this.#waiting.set(userId, new Set());
      return Promise.resolve();
    }
    if (waiting.size >= this.options.maxWaiting) return Promise.reject(busyUser());
    return new Promise((resolve, reject) => {
      const proceed = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(proceed);
        reject(busyUser());
      }, this.options.maxWaitMs);
      waiting.add(proceed);
    });
  }

  #leave(userId: UserId): void {
    const waiting = this.#waiting.get(userId);
    const [next] = waiting ?? [];
    if (waiting === undefined || next === undefined) {
      this.#waiting.delete(userId);
      return;
    }
    waiting.delete(next);
    next();
  }
}
