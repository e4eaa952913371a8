import pg from 'pg';
import { isRefusal } from './database-errors.js';

interface ConnectionPoolOptions {
  readonly connection: pg.ClientConfig;
  /** How many connections it opens at most. */
  readonly max: number;
  readonly idleTimeoutMs: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** Called when the server refuses a further connection while others are open, at most every ten seconds. */
  readonly onRefusal: (cause: unknown) => void;
}

/** After how many milliseconds a pool tries again to grow, once the server has refused a further connection. */
const growAgainMs = 10_000;

/** Connections to the database. Where the server refuses a further one, whoever asks waits for one of those that are open. */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  /** The connections that are open; the pool counts those that are being opened, too. */
  readonly #open = new Set<pg.PoolClient>();
  /** Until when the pool opens no further connections, on the clock of `elapsedMs`. */
  #fullUntil = 0;

  constructor(private readonly options: ConnectionPoolOptions) {
    this.#pool = new pg.Pool({
      ...options.connection,
      max: options.max,
      idleTimeoutMillis: options.idleTimeoutMs,
      // The only style that pg reads. PgBouncer keeps it with the connection of its client.
      onConnect: (client) => client.query("set datestyle = 'ISO'"),
    });
    this.#pool.on('connect', (client) => this.#open.add(client));
    // Also of one that was cut before it counted as open.
    this.#pool.on('remove', (client) => this.#open.delete(client));
    // An idle connection that breaks is replaced by the next one who asks.
    this.#pool.on('error', () => undefined);
  }

  get readings(): { readonly open: number; readonly idle: number; readonly awaited: number } {
    const { totalCount: open, idleCount: idle, waitingCount: awaited } = this.#pool;
    return { open, idle, awaited };
  }

  /** Whether it opens no further connection at the moment. */
  get isFull(): boolean {
    return this.#pool.totalCount >= this.#pool.options.max;
  }

  /** Does work that needs a connection. It begins again where the server refuses to open one more. */
  async during<Result>(work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
    if (this.options.elapsedMs() >= this.#fullUntil) this.#pool.options.max = this.options.max;
    for (let refusals = 0; ; refusals++) {
      try {
        return await work(this.#pool);
      } catch (cause) {
        if (refusals >= this.options.max || !this.#stopsGrowing(cause, refusals === 0)) throw cause;
      }
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  /**
   * @param isFirst Whether it has not refused one to this work before: others may be open in a moment.
   * @returns whether the server only refused a further connection: the pool does not grow for a while then.
   */
  #stopsGrowing(cause: unknown, isFirst: boolean): boolean {
    const isOneOpen = this.#open.size > 0 || (isFirst && this.#pool.totalCount > 0);
    if (!isRefusal(cause) || !isOneOpen) return false;
    const now = this.options.elapsedMs();
    if (now >= this.#fullUntil) {
      this.#fullUntil = now + growAgainMs;
      this.options.onRefusal(cause);
    }
    this.#pool.options.max = Math.max(1, this.#open.size);
    return true;
  }
}
