import pg from 'pg';
import { busyUser } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { Lease, UserLock } from '../domain/ports/user-lock.js';
import type { ConnectionPool } from './connection-pool.js';
import type { Database } from './database.js';

interface PostgresUserLockOptions {
  /** Turns among the operations of this process, of which one at a time asks the database. */
  readonly local: UserLock;
  readonly database: Database;
  /** How many turns this process may have at the same time, each with a connection. */
  readonly maxTurns: number;
  /** How long an operation waits for its turn, in milliseconds. */
  readonly maxWaitMs: number;
}

const heartbeatMs = 1_000;

/**
 * Turns over all replicas, by an advisory lock within a transaction that stays open for the turn, so that it works
 * behind a pooler, too. The lock ends with the transaction or its connection, which the lease reports.
 */
export class PostgresUserLock implements UserLock {
  readonly #pool: ConnectionPool;

  constructor(private readonly options: PostgresUserLockOptions) {
    this.#pool = options.database.openPool(options.maxTurns, 10_000);
  }

  run<T>(userId: UserId, operation: (lease: Lease) => Promise<T>): Promise<T> {
    const { local, database } = this.options;
    return local.run(userId, async (ofThisProcess) => {
      const turn = database.isAvailable ? await this.#take(userId) : null;
      if (turn === null) return operation(ofThisProcess);
      try {
        return await operation({ isShared: true, signal: turn.signal });
      } finally {
        await turn.giveBack();
      }
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Takes a turn; null when the database is away. @throws TooManyRequestsError when the wait is too long. */
  async #take(userId: UserId): Promise<Turn | null> {
    const { maxWaitMs } = this.options;
    const deadline = performance.now() + maxWaitMs;
    let client: pg.PoolClient;
    try {
      client = await this.#pool.during((pool) => pool.connect());
    } catch (error) {
      // Every connection has a turn already.
      if (this.#pool.isFull && this.options.database.isAvailable) throw busyUser();
      if (error instanceof Error) return null;
      throw error;
    }
    const turn = new Turn(client);
    const waitMs = Math.max(1, Math.floor(deadline - performance.now()));
    try {
      // One round trip. The id is safe in the text: it holds hex digits and dashes only.
      await turn.query(
        `begin; set local statement_timeout = 0; set local lock_timeout = ${waitMs};
        select pg_advisory_xact_lock(hashtextextended('turn ${userId}', 0))`,
        waitMs + heartbeatMs,
      );
    } catch (error) {
      turn.drop();
      if (error instanceof pg.DatabaseError && error.code === lockNotAvailable) throw busyUser();
      return null;
    }
    turn.watch();
    return turn;
  }
}

const lockNotAvailable = '55P03';

class Turn {
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #onEnd = () => this.#lose();

  constructor(private readonly client: pg.PoolClient) {
    client.on('error', this.#onEnd);
    client.on('end', this.#onEnd);
  }

  /** Aborted when the connection is lost, and the turn with it. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async query(text: string, timeoutMs: number): Promise<void> {
    // The types of pg leave it out, although every query may have one of its own.
    const config: pg.QueryConfig & { readonly query_timeout: number } = { text, query_timeout: timeoutMs };
    await this.client.query(config);
  }

  /** Checks now and then whether the connection still lives, because a frozen server does not report its end. */
  watch(): void {
    this.#timer = setTimeout(() => {
      this.query('select 1', heartbeatMs).then(
        () => {
          if (!this.#isOver) this.watch();
        },
        () => this.#lose(),
      );
    }, heartbeatMs);
    this.#timer.unref();
  }

  /** Never rejects. */
  async giveBack(): Promise<void> {
    this.#stopWatching();
    const isEnded = this.signal.aborted || !(await this.#commit());
    this.#release(isEnded);
  }

  async #commit(): Promise<boolean> {
    try {
      await this.query('commit', heartbeatMs);
      return true;
    } catch {
      return false;
    }
  }

  /** Drops the connection of a failed transaction, or one whose state is unknown. */
  drop(): void {
    this.#stopWatching();
    this.#release(true);
  }

  #stopWatching(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** The pool listens from here on: an error of a connection to which nobody listens would end the process. */
  #release(isEnded: boolean): void {
    this.client.release(isEnded);
    this.client.off('end', this.#onEnd);
    // One that has ended may still report how.
    if (!isEnded) this.client.off('error', this.#onEnd);
  }

  #lose(): void {
    this.#lost.abort();
  }
}
