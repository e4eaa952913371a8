import { readdir } from 'node:fs/promises';
import pg from 'pg';
import type { ExaminedDatabase } from '../domain/ports/examined-database.js';
import { Database, type DatabaseOptions } from './database.js';
import { appliedMigrations, migrationsFolder } from './migrations.js';
import { unfitSettings } from './unfit-settings.js';

/** Replicas report every second. */
const replicaMaxAgeSeconds = 10;

const roundTrips = 5;

interface ServerRow {
  readonly version: number;
  readonly read_only: boolean;
  readonly standby: boolean;
  readonly schema_exists: boolean;
  readonly may_create: boolean;
  readonly may_use: boolean;
  readonly may_make_tables: boolean;
  readonly max_connections: number;
  readonly used: string;
}

/**
 * Examines a database by one connection, without changing anything.
 * @throws an error of the database or of the network, whose message and code hold no password.
 */
export async function examineDatabase(options: Omit<DatabaseOptions, 'onAvailability'>): Promise<ExaminedDatabase> {
  const database = new Database({ ...options, onAvailability: () => undefined });
  const client = new pg.Client(database.connections.config);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await examine(client, options.schema);
  } finally {
    await Promise.allSettled([client.end(), database.close()]);
  }
}

async function examine(client: pg.Client, schema: string): Promise<ExaminedDatabase> {
  const { latencyMs, clockAheadMs } = await measure(client);
  const { rows } = await client.query<ServerRow>(
    `select current_setting('server_version_num')::int as version,
      current_setting('default_transaction_read_only')::bool or pg_is_in_recovery() as read_only,
      pg_is_in_recovery() as standby,
      to_regnamespace(quote_ident($1)) is not null as schema_exists,
      has_database_privilege(current_database(), 'CREATE') as may_create,
      coalesce(has_schema_privilege(to_regnamespace(quote_ident($1)), 'USAGE'), false) as may_use,
      coalesce(has_schema_privilege(to_regnamespace(quote_ident($1)), 'CREATE'), false) as may_make_tables,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as max_connections,
      (select sum(numbackends) from pg_stat_database) as used`,
    [schema],
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('No row');
  const applied = row.schema_exists && row.may_use ? await unlessForbidden(appliedMigrations(client, schema)) : [];
  const known = (await readdir(migrationsFolder)).map((name) => name.replace(/\.sql$/, ''));
  const pending = applied === null ? 0 : known.filter((name) => !applied.includes(name)).length;
  const hasTables = applied === null || applied.length > 0;
  return {
    versionNumber: row.version,
    latencyMs,
    clockAheadMs,
    isReadOnly: row.read_only,
    isStandby: row.standby,
    timeline: await timelineOf(client),
    unfitSettings: await unfitSettings(client),
    hasSchema: row.schema_exists,
    // Another role may have made the tables.
    mayMigrate: row.schema_exists ? row.may_use && (row.may_make_tables || pending === 0) : row.may_create,
    forbiddenTables: hasTables ? await forbiddenTables(client, schema) : [],
    pendingMigrations: pending,
    newerMigrations: applied === null ? [] : applied.filter((name) => !known.includes(name)),
    replicas: hasTables ? await replicasOf(client, schema) : null,
    maxConnections: row.max_connections,
    usedConnections: Number(row.used),
  };
}

async function measure(client: pg.Client): Promise<{ readonly latencyMs: number; readonly clockAheadMs: number }> {
  const samples: { readonly latencyMs: number; readonly clockAheadMs: number }[] = [];
  for (let count = 0; count < roundTrips; count++) {
    const begunAt = performance.now();
    const { rows } = await client.query<{ readonly now: string }>(
      'select extract(epoch from clock_timestamp()) * 1000 as now',
    );
    const latencyMs = performance.now() - begunAt;
    samples.push({ latencyMs, clockAheadMs: Number(rows[0]?.now) - (Date.now() - latencyMs / 2) });
  }
  // The quickest round trip gives the best estimate of the clock.
  const sorted = samples.sort((a, b) => a.latencyMs - b.latencyMs);
  return {
    latencyMs: sorted[Math.floor(roundTrips / 2)]?.latencyMs ?? 0,
    clockAheadMs: sorted[0]?.clockAheadMs ?? 0,
  };
}

/** The incarnation of the server, by the function that the log uses; null on a standby. */
async function timelineOf(client: pg.Client): Promise<string | null> {
  const text = 'select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline';
  const answer = await unlessForbidden(client.query<{ readonly timeline: string }>(text));
  return answer?.rows[0]?.timeline ?? null;
}

/** Null where the server refuses it. */
async function unlessForbidden<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return null;
    throw error;
  }
}

async function forbiddenTables(client: pg.Client, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly name: string }>(
    `select tablename as name from pg_tables where schemaname = $1 and not (
      has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')
      and has_table_privilege(format('%I.%I', schemaname, tablename), 'INSERT')
      and has_table_privilege(format('%I.%I', schemaname, tablename), 'UPDATE')
      and has_table_privilege(format('%I.%I', schemaname, tablename), 'DELETE'))
    order by 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

async function replicasOf(client: pg.Client, schema: string): Promise<number | null> {
  const answer = await unlessForbidden(
    client.query<{ readonly count: string }>(
      `select count(*) from "${schema}".attendance where seen_at > clock_timestamp() - make_interval(secs => $1)`,
      [replicaMaxAgeSeconds],
    ),
  );
  return answer === null ? null : Number(answer.rows[0]?.count ?? 0);
}
