import pg from 'pg';
import { expect, it } from 'vitest';
import type { Stores } from '../../src/domain/ports/stores.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

interface Scene {
  readonly stores: Stores;
  /** The way of the stores to the database. */
  readonly way: TcpProxy;
  readonly database: pg.Client;
  /** What other replicas read: of each replica, whether they may rely on it. */
  readonly settled: () => Promise<readonly boolean[]>;
}

async function withStores(play: (scene: Scene) => Promise<void>): Promise<void> {
  const url = new URL(await (await sharedPostgres()).createDatabase());
  const database = new pg.Client({ connectionString: url.href });
  await database.connect();
  await using way = await startTcpProxy(Number(url.port));
  url.port = String(way.port);
  try {
    await using stores = await createPostgresStores(postgresOptions(url.href));
    await play({
      stores,
      way,
      database,
      async settled() {
        const { rows } = await database.query('select is_settled from fusionauth_sessions.attendance');
        return rows.map((row: { readonly is_settled: boolean }) => row.is_settled);
      },
    });
  } finally {
    await database.end();
  }
}

it('other replicas rely on one that began while the database was away, once it has recorded the gap before it', () =>
  withStores(async ({ stores, way, settled, database }) => {
    way.set('closed');
    await expect.poll(() => stores.warnings()).toEqual(['DATABASE_UNAVAILABLE']);
    const begunAt = Date.now();
    stores.begin();
    way.set('open');
    await expect.poll(settled).toEqual([true]);
    const { rows } = await database.query('select complete_since from fusionauth_sessions.log_head');
    expect(rows[0].complete_since.getTime()).toBeGreaterThanOrEqual(begunAt);
  }));

it('other replicas rely on one again whose row was removed while the database had not seen it', () =>
  withStores(async ({ stores, settled, database }) => {
    stores.begin();
    await expect.poll(settled).toEqual([true]);
    await database.query('delete from fusionauth_sessions.attendance');
    await expect.poll(settled).toEqual([true]);
  }));

it('one that begins beside another never says that nothing is missing since before the gap that the other one recorded', () =>
  withStores(async ({ stores, settled, database }) => {
    const gapAt = new Date();
    await database.query('update fusionauth_sessions.log_head set complete_since = $1', [gapAt]);
    // The other one, as it is seen for a while.
    await database.query(
      `insert into fusionauth_sessions.attendance (replica, began_at, seen_at, is_settled)
      values (gen_random_uuid(), now(), now() + interval '1 minute', true)`,
    );
    const said: number[] = [];
    stores.begin();
    await expect
      .poll(
        async () => {
          said.push(await stores.memory.completeSince());
          return settled();
        },
        { interval: 1 },
      )
      .toEqual([true, true]);
    said.push(await stores.memory.completeSince());
    expect(Math.min(...said)).toBeGreaterThanOrEqual(gapAt.getTime());
  }));
