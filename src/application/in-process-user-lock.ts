import { TooManyRequestsError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { UserLock } from '../domain/ports.js';

export interface InProcessUserLockOptions {
  /** How many operations of one user may wait; one more is refused. */
  readonly maxWaiting: number;
  /** How long an operation waits for its turn, in milliseconds. */
  readonly maxWaitMs: number;
}

/** Turns within this process, first come first served. Users who wait for nobody cost nothing. */
export class InProcessUserLock implements UserLock {
  readonly isShared = false;
  readonly #queues = new Map<UserId, Queue>();

  constructor(private readonly options: InProcessUserLockOptions) {}

  async run<T>(userId: UserId, operation: () => Promise<T>): Promise<T> {
    await this.#enter(userId);
    try {
      return await operation();
    } finally {
      this.#leave(userId);
    }
  }

  #enter(userId: UserId): Promise<void> {
    const queue = this.#queues.get(userId);
    if (queue === undefined) {
      this.#queues.set(userId, new Set());
      return Promise.resolve();
    }
    if (queue.size >= this.options.maxWaiting) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const waiting = {
        proceed: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        queue.delete(waiting);
        reject(busy());
      }, this.options.maxWaitMs);
      queue.add(waiting);
    });
  }

  #leave(userId: UserId): void {
    const queue = this.#queues.get(userId);
    const [next] = queue ?? [];
    if (queue === undefined || next === undefined) {
      this.#queues.delete(userId);
      return;
    }
    queue.delete(next);
    next.proceed();
  }
}

/** Those who wait, in the order they came. The user has an entry exactly while somebody runs. */
type Queue = Set<{ readonly proceed: () => void }>;

const retryAfterSeconds = 1;

function busy(): TooManyRequestsError {
  return new TooManyRequestsError(
    'Too many enforcements of this user are waiting. Call again later.',
    retryAfterSeconds,
  );
}
