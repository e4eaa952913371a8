import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/postgres/database.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await sharedPostgres();
});

/** A database that admits so many connections of a role, and a pool that may open four times as many. */
async function withConnections(limit: number) {
  const url = await server.createDatabase();
  const role = `role_${new URL(url).pathname.slice(1)}`;
  await server.query(url, `create role ${role} login password 'the-password' connection limit ${limit}`);
  const outages: unknown[] = [];
  const refusals: unknown[] = [];
  let elapsedMs = 0;
  const database = new Database({
    ...postgresOptions(url.replace('postgres:postgres', `${role}:the-password`)),
    poolSize: 8,
    elapsedMs: () => elapsedMs,
    onAvailability: (isAvailable, cause) => outages.push(isAvailable, cause),
    onRefusal: (cause) => refusals.push(cause),
  });
  onTestFinished(() => database.close());
  return {
    database,
    outages,
    refusals,
    /** Asks so often at once, and for long enough that one connection cannot serve two. */
    ask: (times: number) =>
      Promise.all(
        Array.from({ length: times }, () => database.query<{ one: number }>('select 1 as one, pg_sleep(0.1)')),
      ),
    changePassword: () => server.query(url, `alter role ${role} password 'another'`),
    admit: (connections: number) => server.query(url, `alter role ${role} connection limit ${connections}`),
    pass(ms: number) {
      elapsedMs += ms;
    },
  };
}

describe('a server that refuses a further connection', () => {
  it('goes on to be used by those that are open, and does not count as away: it is said once', async () => {
    const { database, outages, refusals, ask } = await withConnections(2);
    await ask(2);
    const answers = await ask(12);
    expect(answers.map(([row]) => row?.one)).toEqual(Array.from({ length: 12 }, () => 1));
    expect(database.readings).toMatchObject({ isAvailable: true, open: 2 });
    expect(outages).toEqual([]);
    expect(refusals).toEqual([expect.objectContaining({ code: '53300' })]);
  });

  it('does not count as away either where it has another password since, until none is open', async () => {
    const { database, outages, refusals, ask, changePassword } = await withConnections(-1);
    await ask(2);
    await changePassword();
    await ask(12);
    expect(database.isAvailable).toBe(true);
    expect(outages).toEqual([]);
    expect(refusals).toEqual([expect.objectContaining({ code: '28P01' })]);
  });

  it('is asked for further ones after ten seconds', async () => {
    const { database, ask, admit, pass } = await withConnections(2);
    await ask(2);
    await ask(8);
    await admit(-1);
    await ask(8);
    expect(database.readings.open).toBe(2);
    pass(10_000);
    await ask(8);
    expect(database.readings.open).toBe(8);
  });

  it('counts as away where none is open', async () => {
    const { database, outages, ask } = await withConnections(0);
    await expect(ask(4)).rejects.toThrow('not available');
    expect(database.isAvailable).toBe(false);
    expect(outages).toEqual([false, expect.objectContaining({ code: '53300' })]);
  });
});
