import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { StoreUnavailableError } from '../domain/errors.js';
import type { DatabaseReadings } from '../domain/ports/store-readings.js';
import { ConnectionPool } from './connection-pool.js';
import { type ConnectionOptions, Connections } from './connections.js';
import { isAboutOthers, isAboutTheServer, isCut, isRefusalOfWork } from './database-errors.js';

export interface DatabaseOptions extends ConnectionOptions {
  /** The schema that holds the tables: letters, digits and underscores. */
  readonly schema: string;
  /** How many connections one process opens at most for statements. It opens half as many further ones for turns. */
  readonly poolSize: number;
  /**
   * Milliseconds on a clock that only goes forward, by which outages are measured. Default: the clock of the process.
   */
  readonly elapsedMs?: () => number;
  /** Called when the database cannot be reached, and when it can be again. */
  readonly onAvailability: (isAvailable: boolean, cause: unknown) => void;
  /** Called when the server refuses a further connection while others are open, at most every ten seconds for each pool. */
  readonly onRefusal?: (cause: unknown) => void;
}

/**
 * The statements of one process, and whether the database takes them. While it cannot be reached, statements fail at
 * once, and only {@link Database.probe} tries: however many calls come, connections are tried one at a time.
 */
export class Database {
  readonly connections: Connections;
  readonly #pool: ConnectionPool;
  #isAvailable = true;
  #awaySince = 0;
  /** When it was last found to be back, and for how long the outage after that lasts at least. */
  #backSince = Number.NEGATIVE_INFINITY;
  #leastAwayMs = 0;
  /** The check whether the server is there although a connection was cut. */
  #looking: Promise<void> | null = null;

  constructor(private readonly options: DatabaseOptions) {
    this.connections = new Connections(options);
    this.#pool = this.openPool(options.poolSize, 30_000);
  }

  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  get readings(): DatabaseReadings {
    return { isAvailable: this.#isAvailable, ...this.#pool.readings };
  }

  get schema(): string {
    return this.options.schema;
  }

  /** Connections besides those for statements. Whoever opens the pool ends it. */
  openPool(max: number, idleTimeoutMs: number): ConnectionPool {
    const elapsedMs = () => this.#elapsedMs();
    const onRefusal = (cause: unknown) => this.options.onRefusal?.(cause);
    return new ConnectionPool({ connection: this.connections.config, max, idleTimeoutMs, elapsedMs, onRefusal });
  }

  /**
   * Runs one statement. `$schema` in its text stands for the schema, in quotation marks, because it may be called `user`.
   * @throws StoreUnavailableError when it failed, or was not tried because the database cannot be reached. Whether it
   * changed anything is not known then.
   */
  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    if (!this.#isAvailable) throw new StoreUnavailableError();
    return this.#run<Row>(text, values);
  }

  /**
   * Runs one statement that may be carried out twice. It survives locks of others, cut connections, and a database that is
   * away for less than `maxAwayMs`, as during a restart.
   */
  async queryAgain<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    maxAwayMs: number,
  ): Promise<readonly Row[]> {
    let deadline: number | null = null;
    for (let failures = 0; ; failures++) {
      try {
        return await this.query<Row>(text, values);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        const isHeldUp = isAboutOthers(error.cause);
        // With a full disk, a server answers and refuses again and again.
        deadline ??= this.#elapsedMs() + maxAwayMs;
        const isLate = failures > 0 && this.#elapsedMs() >= deadline;
        const mayPass = isHeldUp || (isAboutTheServer(error.cause) && failures <= this.options.poolSize);
        if (!mayPass || isLate) throw error;
        if (isHeldUp) await delay(backCheckMs);
        await this.#looking;
        await this.#untilBack(Math.min(this.#awaySince + maxAwayMs, deadline));
        if (!this.#isAvailable) throw error;
      }
    }
  }

  /**
   * Runs one statement even while the database counts as away, for the caller that then reports what was {@link found}.
   * One at a time.
   */
  async probe<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    return this.#run<Row>(text, values, !this.#isAvailable);
  }

  /**
   * Records whether the database answers and accepts writes. One that answers whoever reads, and is found away by whoever
   * writes, as where its disk is full, counts as away for longer each time.
   */
  found(isAvailable: boolean, cause: unknown = null): void {
    if (this.#isAvailable === isAvailable) return;
    const now = this.#elapsedMs();
    if (isAvailable) {
      if (now - this.#awaySince < this.#leastAwayMs) return;
      this.#backSince = now;
    } else {
      const isSteady = now - this.#backSince >= steadyMs || !isRefusalOfWork(cause);
      this.#leastAwayMs = isSteady ? 0 : Math.min(Math.max(1_000, 2 * this.#leastAwayMs), maxLeastAwayMs);
      this.#awaySince = now;
    }
    this.#isAvailable = isAvailable;
    this.options.onAvailability(isAvailable, cause);
  }

  async close(): Promise<void> {
    this.connections.cutSoon();
    await this.#pool.end();
  }

  /** @param isLast Whether the connection is closed afterwards. */
  async #run<Row extends pg.QueryResultRow>(text: string, values: unknown[], isLast = false): Promise<readonly Row[]> {
    const statement = text.replaceAll('$schema', `"${this.options.schema}"`);
    try {
      const { rows } = await this.#pool.during((pool) =>
        isLast ? queryLast<Row>(pool, statement, values) : pool.query<Row>(statement, values),
      );
      return rows;
    } catch (cause) {
      if (!isCut(cause)) {
        if (isAboutTheServer(cause)) this.found(false, cause);
      } else if (this.#isAvailable) {
        this.#looking ??= this.#look().finally(() => {
          this.#looking = null;
        });
      }
      throw new StoreUnavailableError({ cause });
    }
  }

  /**
   * Checks the server after a connection was cut. Every other connection of the pool may have been cut at the same
   * moment, unnoticed, so only a failure of one more than those shows that the server is away.
   */
  async #look(): Promise<void> {
    for (let cuts = 0; ; cuts++) {
      try {
        await this.#pool.during((pool) => pool.query('select 1'));
        return;
      } catch (cause) {
        if (cuts < this.options.poolSize && isCut(cause)) continue;
        return this.found(false, cause);
      }
    }
  }

  /** @param deadline An instant on the clock of `elapsedMs`. */
  async #untilBack(deadline: number): Promise<void> {
    while (!this.#isAvailable && this.#elapsedMs() < deadline) await delay(backCheckMs);
  }

  #elapsedMs(): number {
    return this.options.elapsedMs?.() ?? performance.now();
  }
}

/** After how many milliseconds a database that is back is expected to stay. */
const steadyMs = 10_000;

/** How long the outages of one that does not stay last at most for that reason alone, in milliseconds. */
const maxLeastAwayMs = 15_000;

/** How often waiting statements check whether the database is back, in milliseconds. */
const backCheckMs = 25;

/** A connection that began while the database was read-only by default stays so, whatever is the default later. */
async function queryLast<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: unknown[],
): Promise<pg.QueryResult<Row>> {
  const client = await pool.connect();
  // One that breaks is replaced all the same.
  client.on('error', () => undefined);
  try {
    return await client.query<Row>(text, values);
  } finally {
    client.release(true);
  }
}
