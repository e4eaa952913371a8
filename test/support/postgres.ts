import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { loadEmbeddedPostgres } from './embedded-postgres.js';
import { postgresFolder } from './postgres-teardown.js';

/** A PostgreSQL server of this worker, started by the first test that asks. */
export interface PostgresServer {
  /** A URL of a database that nobody else uses. */
  createDatabase(): Promise<string>;
  /** Runs a statement in the database that a URL names. */
  query(url: string, text: string, values?: unknown[]): Promise<pg.QueryResult>;
}

export interface OwnPostgresServer extends PostgresServer, AsyncDisposable {
  readonly port: number;
  /** Ends the server as a crash does, or lets it finish what runs. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

let shared: Promise<PostgresServer> | undefined;

/** The server that the tests of this worker share. */
export function sharedPostgres(): Promise<PostgresServer> {
  shared ??= startPostgres();
  return shared;
}

/** A server of its own, for tests that stop it. */
export async function startPostgres(): Promise<OwnPostgresServer> {
  const folder = mkdtempSync(postgresFolder(process.ppid));
  // The user that the server runs as has to get in.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const EmbeddedPostgres = await loadEmbeddedPostgres(folder);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    authMethod: 'password',
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    initdbFlags: ['--no-sync'],
    // What tests acknowledge need not survive a loss of power.
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'shared_buffers=32MB'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const urlOf = (database: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${database}`;
  const query: PostgresServer['query'] = async (url, text, values = []) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(text, values);
    } finally {
      await client.end();
    }
  };
  return {
    port,
    query,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await query(urlOf('postgres'), `create database ${name}`);
      return urlOf(name);
    },
    start: () => server.start(),
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  return address.port;
}
