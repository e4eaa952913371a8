import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#scripts/embedded-postgres.mjs';

/** A PostgreSQL as it comes, which writes to disk what it has committed. */
export interface Postgres extends AsyncDisposable {
  readonly url: string;
}

export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-postgres-'));
  const { server, url } = await startEmbeddedPostgres(folder);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Each of them one statement at a time over one connection, in milliseconds. */
export interface DatabaseTimes {
  readonly readsMs: readonly number[];
  readonly commitsMs: readonly number[];
}

/** How long a round trip takes, and how long one that writes. */
export async function timeDatabase(url: string, count: number): Promise<DatabaseTimes> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const times = async (statement: string) => {
    const timesMs: number[] = [];
    for (let done = 0; done < count; done++) {
      const startedAt = performance.now();
      await client.query(statement);
      timesMs.push(performance.now() - startedAt);
    }
    return timesMs;
  };
  try {
    await client.query('create table if not exists public.bench (number int)');
    return { readsMs: await times('select 1'), commitsMs: await times('insert into public.bench values (1)') };
  } finally {
    await client.end();
  }
}
