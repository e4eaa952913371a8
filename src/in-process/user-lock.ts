import { TooManyRequestsError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { UserLock } from '../domain/ports/user-lock.js';

export interface InProcessUserLockOptions {
  /** How many operations of one user may wait; one more is refused. */
  readonly maxWaiting: number;
  /** How long an operation waits for its turn, in milliseconds. */
  readonly maxWaitMs: number;
}

type Turn = Parameters<UserLock['run']>[1];

/**
 * Turns within this process, first come first served: an exclusive operation runs alone, shared ones side by side, and
 * none overtakes one that waits. Users for whom nothing runs cost nothing.
 */
export class InProcessUserLock implements UserLock {
  readonly isShared = false;
  readonly #queues = new Map<UserId, Queue>();

  constructor(private readonly options: InProcessUserLockOptions) {}

  async run<T>(userId: UserId, turn: Turn, operation: () => Promise<T>): Promise<T> {
    await this.#enter(userId, turn);
    try {
      return await operation();
    } finally {
      this.#leave(userId);
    }
  }

  #enter(userId: UserId, turn: Turn): Promise<void> {
    const queue = this.#queues.get(userId) ?? { running: 0, turn, waiting: new Set() };
    this.#queues.set(userId, queue);
    if (queue.waiting.size === 0 && fits(queue, turn)) {
      begin(queue, turn);
      return Promise.resolve();
    }
    if (queue.waiting.size >= this.options.maxWaiting) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        turn,
        proceed() {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        queue.waiting.delete(waiter);
        // Those behind may have waited for this one only.
        admit(queue);
        reject(busy());
      }, this.options.maxWaitMs);
      queue.waiting.add(waiter);
    });
  }

  #leave(userId: UserId): void {
    const queue = this.#queues.get(userId);
    if (queue === undefined) return;
    queue.running -= 1;
    admit(queue);
    if (queue.running === 0) this.#queues.delete(userId);
  }
}

/** The user has an entry exactly while somebody runs. */
interface Queue {
  running: number;
  /** Of those that run. */
  turn: Turn;
  /** In the order they came. */
  readonly waiting: Set<Waiter>;
}

interface Waiter {
  readonly turn: Turn;
  readonly proceed: () => void;
}

function fits(queue: Queue, turn: Turn): boolean {
  return queue.running === 0 || (queue.turn === 'shared' && turn === 'shared');
}

function begin(queue: Queue, turn: Turn): void {
  queue.running += 1;
  queue.turn = turn;
}

/** Lets those at the head of the queue begin that may run now. */
function admit(queue: Queue): void {
  for (const waiter of queue.waiting) {
    if (!fits(queue, waiter.turn)) return;
    queue.waiting.delete(waiter);
    begin(queue, waiter.turn);
    waiter.proceed();
  }
}

const retryAfterSeconds = 1;

function busy(): TooManyRequestsError {
  return new TooManyRequestsError(
    'Too many enforcements of this user are waiting. Call again later.',
    retryAfterSeconds,
  );
}
