import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StoreUnavailableError } from '../domain/errors.js';
import type { DatabaseReadings } from '../domain/ports/store-readings.js';

export interface DatabaseOptions {
  /** `postgres://…`, with the password. */
  readonly url: string;
  readonly tls: DatabaseTls;
  /** The schema that holds the tables: letters, digits and underscores. */
  readonly schema: string;
  /** How many connections one process opens at most for statements; for turns it opens half as many besides. */
  readonly poolSize: number;
  /** How long a statement may take, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** How long opening a connection may take, or waiting for a free one, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Milliseconds on a clock that only goes forward, for how long the database is away. Default: that of the process. */
  readonly elapsedMs?: () => number;
  /** Called when the database cannot be reached, and when it can be again. */
  readonly onAvailability: (isAvailable: boolean, cause: unknown) => void;
}

/** `verified`: the certificate is checked against the authorities that Node.js knows, those of NODE_EXTRA_CA_CERTS included. */
export type DatabaseTls = 'off' | 'unverified' | 'verified';

/**
 * The connections of one process to the database. While it cannot be reached, statements fail at once, and only
 * {@link Database.probe} tries: however many calls come, connections are tried one at a time.
 */
export class Database {
  readonly #pool: pg.Pool;
  #isAvailable = true;
  #awaySince = 0;
  /** A look whether the server is there although a connection was cut. */
  #looking: Promise<void> | null = null;

  constructor(private readonly options: DatabaseOptions) {
    this.#pool = new pg.Pool({ ...this.connection(), max: options.poolSize, idleTimeoutMillis: 30_000 });
    // An idle connection that breaks is replaced by the next statement.
    this.#pool.on('error', () => undefined);
  }

  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  get readings(): DatabaseReadings {
    const { totalCount: open, idleCount: idle, waitingCount: awaited } = this.#pool;
    return { isAvailable: this.#isAvailable, open, idle, awaited };
  }

  get schema(): string {
    return this.options.schema;
  }

  /** How to open a connection, for those that need one of their own. */
  connection(): pg.ClientConfig & { readonly connectionTimeoutMillis: number } {
    const { url, tls, statementTimeoutMs, connectTimeoutMs } = this.options;
    return {
      connectionString: url,
      ssl: sslOf(tls),
      statement_timeout: statementTimeoutMs,
      // The server may be the one that does not answer.
      query_timeout: statementTimeoutMs + 500,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      application_name: 'fusionauth-sessions',
    };
  }

  /**
   * Runs one statement. `$schema` in its text stands for the schema.
   * @throws StoreUnavailableError when it failed, or was not tried because the database cannot be reached. Whether it
   * changed anything is not known then.
   */
  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    if (!this.#isAvailable) throw new StoreUnavailableError();
    return this.#run<Row>(text, values);
  }

  /**
   * The same for a statement that may be carried out twice. Connections that were cut do not fail it, nor does a
   * database that is away for less than `maxAwayMs`, as while it restarts.
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
        const mayPass = error instanceof StoreUnavailableError && isAboutTheServer(error.cause);
        // A full disk lets a server answer, and refuse, again and again.
        deadline ??= this.#elapsedMs() + maxAwayMs;
        const isLate = failures > 0 && this.#elapsedMs() >= deadline;
        if (!mayPass || isLate || failures > this.options.poolSize) throw error;
        await this.#looking;
        await this.#untilBack(Math.min(this.#awaySince + maxAwayMs, deadline));
        if (!this.#isAvailable) throw error;
      }
    }
  }

  /** The same, tried whatever is known of the database, for whoever then says what was {@link found}. One at a time. */
  async probe<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    return this.#run<Row>(text, values);
  }

  /** Whether the database answers, and takes what is written. */
  found(isAvailable: boolean, cause: unknown = null): void {
    if (this.#isAvailable === isAvailable) return;
    this.#isAvailable = isAvailable;
    if (!isAvailable) this.#awaySince = this.#elapsedMs();
    this.options.onAvailability(isAvailable, cause);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #run<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#pool.query<Row>(text.replaceAll('$schema', this.options.schema), values);
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
   * A connection was cut: of this alone nothing follows for the next one. Every other one of the pool may have been cut
   * at the same moment and not have noticed it yet, so only one more than those says that the server is away.
   */
  async #look(): Promise<void> {
    for (let cuts = 0; ; cuts++) {
      try {
        await this.#pool.query('select 1');
        return;
      } catch (cause) {
        if (isCut(cause) && cuts < this.options.poolSize) continue;
        return this.found(false, cause);
      }
    }
  }

  /** @param deadline On the clock of `elapsedMs`. */
  async #untilBack(deadline: number): Promise<void> {
    while (!this.#isAvailable && this.#elapsedMs() < deadline) await delay(backCheckMs);
  }

  #elapsedMs(): number {
    return this.options.elapsedMs?.() ?? performance.now();
  }
}

/** How often whoever waits for the database looks whether it is back, in milliseconds. */
const backCheckMs = 25;

/** Whether a connection ended that was open, and not because nobody answers. */
function isCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : null;
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === '57P01' ||
    /^Connection terminated unexpectedly|^Client (has encountered a connection error|was closed) and/.test(
      error.message,
    )
  );
}

function sslOf(tls: DatabaseTls): pg.ClientConfig['ssl'] {
  return tls === 'off' ? false : { rejectUnauthorized: tls === 'verified' };
}

/**
 * False for what the next statement may be spared: this one was refused or cut short for what it was.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
function isAboutTheServer(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return true;
  // Connections, resources, shutting down, read-only, and the system around it; and a schema that is not there.
  return /^(08|53|55000|57P|58|25006|28|3D|3F|42P01|42883|42501|XX)/.test(error.code);
}
