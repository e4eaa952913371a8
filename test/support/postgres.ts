import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { newEmbeddedPostgres } from '../../scripts/embedded-postgres.mjs';
import { Database } from '../../src/postgres/database.js';
import { migrate } from '../../src/postgres/migrations.js';
import { postgresOptions } from './postgres-options.js';
import { postgresFolder } from './postgres-teardown.js';

/** A PostgreSQL server of this worker, started by the first test that asks. */
export interface PostgresServer {
  /** A URL of a database that nobody else uses, with the tables of this version unless it is to be empty. */
  createDatabase(options?: { readonly isEmpty?: boolean }): Promise<string>;
  /** Runs a statement in the database that a URL names. */
  query(url: string, text: string, values?: unknown[]): Promise<pg.QueryResult>;
}

export interface OwnPostgresServer extends PostgresServer, AsyncDisposable {
  readonly port: number;
  /** Its files; while it is stopped they can be copied and replaced. */
  readonly dataFolder: string;
  /** Ends the server as a crash does, or lets it finish what runs. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends all processes of the server in the middle of whatever they do, as by `kill -9`. */
  kill(): Promise<void>;
  /** Stops all processes of the server in the middle of whatever they do. @returns has them go on. */
  pause(): () => void;
}

/** A server that follows another one until it is promoted. */
interface StandbyServer extends Pick<PostgresServer, 'query'>, AsyncDisposable {
  readonly port: number;
  promote(): Promise<void>;
}

let shared: Promise<PostgresServer> | undefined;

/** The server that the tests of this worker share. */
export function sharedPostgres(): Promise<PostgresServer> {
  shared ??= startPostgres();
  return shared;
}

/** A server of its own, for tests that stop it. */
export async function startPostgres(): Promise<OwnPostgresServer> {
  const { server, port, folder } = await newServer([]);
  await server.initialise();
  await server.start();
  const urlOf = (database: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${database}`;
  // Copied by the databases of tests: to migrate each would take longer than many of them do.
  let migrated: Promise<string> | undefined;
  const templateOf = async () => {
    await query(urlOf('postgres'), 'create database migrated');
    const database = new Database({ ...postgresOptions(urlOf('migrated')), onAvailability: () => undefined });
    await migrate(database);
    await database.close();
    return 'migrated';
  };
  return {
    port,
    query,
    dataFolder: join(folder, 'data'),
    async createDatabase({ isEmpty = false } = {}) {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      migrated ??= isEmpty ? undefined : templateOf();
      await query(urlOf('postgres'), `create database ${name} template ${isEmpty ? 'template1' : await migrated}`);
      return urlOf(name);
    },
    start: () => server.start(),
    stop: () => server.stop(),
    async kill() {
      const pids = processesOf(join(folder, 'data', 'postmaster.pid'));
      signalAll(pids, 'SIGKILL');
      while (pids.some(isRunning)) await delay(5);
    },
    pause() {
      const pids = processesOf(join(folder, 'data', 'postmaster.pid'));
      signalAll(pids, 'SIGSTOP');
      return () => signalAll(pids, 'SIGCONT');
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** Each connection has a process of its own, a child of the one that the file names. */
function processesOf(pidFile: string): readonly number[] {
  const [first = ''] = readFileSync(pidFile, 'utf8').split('\n');
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', first], { encoding: 'utf8' });
  return [first, ...children.trim().split(/\s+/)].map(Number);
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // One that has ended meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** False for one that has ended and is only waited for. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * A second server that follows a first one, which is stopped and started for it, as after `pg_basebackup`.
 * @param throughPort Where it reaches the first one.
 */
export async function startStandby(primary: OwnPostgresServer, throughPort: number): Promise<StandbyServer> {
  await primary.stop();
  const standby = await newServer(['-c', 'hot_standby=on']);
  const data = join(standby.folder, 'data');
  // Whose files they are is kept.
  execFileSync('cp', ['-a', primary.dataFolder, data]);
  writeFileSync(join(data, 'standby.signal'), '');
  const source = `host=127.0.0.1 port=${throughPort} user=postgres password=postgres`;
  appendFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  await primary.start();
  // Resolves once it has been promoted.
  const promoted = standby.server.start();
  promoted.catch(() => undefined);
  const url = `postgres://postgres:postgres@127.0.0.1:${standby.port}/postgres`;
  return {
    port: standby.port,
    query,
    async promote() {
      await query(url, 'select pg_promote()');
      await promoted;
    },
    [Symbol.asyncDispose]: () => standby.server.stop(),
  };
}

async function newServer(flags: readonly string[]) {
  const folder = mkdtempSync(postgresFolder(process.ppid));
  // What tests acknowledge need not survive a loss of power.
  const forTests = ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'shared_buffers=32MB'];
  const { server, port } = await newEmbeddedPostgres(folder, [...forTests, ...flags]);
  return { server, port, folder };
}

async function query(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}
