import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { StartRefusedError } from '../domain/start-refused-error.js';
import type { Database } from './database.js';
import { unfitSettings } from './unfit-settings.js';

/** The folder of the migrations of this version of the program. */
export const migrationsFolder = fileURLToPath(new URL('./migrations/', import.meta.url));
const table = 'migration';

/** How long to wait for another replica that migrates, in milliseconds. */
export const maxLockWaitMs = 60_000;

/** How long one statement of a migration may take, in milliseconds. */
export const maxStatementMs = 300_000;

/**
 * Migrates the schema to this version of the program. Replicas that start at the same time take turns.
 * @param signal Aborted to give it up: the statement under way fails then, and the next start begins it anew.
 * @throws SchemaTooNewError when a newer version of the program has migrated it already; StartRefusedError where the
 * database is set so that replicas could not keep what they promise.
 */
export async function migrate(database: Database, signal?: AbortSignal): Promise<void> {
  const connection = { ...database.connections.config, statement_timeout: maxStatementMs };
  const client = new pg.Client({ ...connection, query_timeout: maxStatementMs });
  client.on('error', () => undefined);
  const giveUp = () => void client.end();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', giveUp);
  await client.connect();
  try {
    const unfit = await unfitSettings(client);
    if (unfit.length > 0) throw new StartRefusedError(unfit.join('\n'));
    // Checked without the lock, which would outlive this connection behind a pooler of transactions.
    if (await isUpToDate(client, database.schema)) return;
    await client.query(`set lock_timeout = ${maxLockWaitMs}`);
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`migrations ${database.schema}`]);
    if (await isUpToDate(client, database.schema)) return;
    await runner({
      dbClient: client,
      dir: migrationsFolder,
      direction: 'up',
      migrationsTable: table,
      schema: database.schema,
      migrationsSchema: database.schema,
      createSchema: true,
      createMigrationsSchema: true,
      noLock: true,
      log: () => undefined,
    });
  } finally {
    signal?.removeEventListener('abort', giveUp);
    // Gives the lock back, too.
    await client.end();
  }
}

class SchemaTooNewError extends StartRefusedError {
  constructor(schema: string, migrations: readonly string[]) {
    super(
      `The schema ${schema} was migrated by a newer version of this program (${migrations.join(', ')}). Start that version, or name another schema in DATABASE_SCHEMA.`,
    );
  }
}

/** The names of the migrations that a schema has, oldest first; none where it has no tables. */
export async function appliedMigrations(client: pg.Client, schema: string): Promise<readonly string[]> {
  const { rows: tables } = await client.query('select to_regclass($1) as oid', [`"${schema}".${table}`]);
  if (tables[0]?.oid === null) return [];
  const { rows } = await client.query<{ name: string }>(`select name from "${schema}".${table} order by id`);
  return rows.map(({ name }) => name);
}

/** @throws SchemaTooNewError */
async function isUpToDate(client: pg.Client, schema: string): Promise<boolean> {
  const known = new Set((await readdir(migrationsFolder)).map((name) => name.replace(/\.sql$/, '')));
  const applied = await appliedMigrations(client, schema);
  const unknown = applied.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new SchemaTooNewError(schema, unknown);
  return applied.length === known.size;
}
