import { randomUUID } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { InProcessUserLock } from '../../src/in-process/user-lock.js';
import { Database } from '../../src/postgres/database.js';
import { PostgresUserLock } from '../../src/postgres/user-lock.js';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await sharedPostgres();
});

/** A database that admits so many connections of a role, and a pool that may open four times as many. */
async function withConnections(limit: number, wayTo = (url: string) => url) {
  const url = await server.createDatabase();
  const role = `role_${new URL(url).pathname.slice(1)}`;
  await server.query(url, `create role ${role} login password 'the-password' connection limit ${limit}`);
  const outages: unknown[] = [];
  const refusals: unknown[] = [];
  let elapsedMs = 0;
  const database = new Database({
    ...postgresOptions(wayTo(url.replace('postgres:postgres', `${role}:the-password`))),
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
    /** Cuts one that works, and answers how many were found. */
    cut: async () => {
      const working = `select pid from pg_stat_activity where usename = '${role}' and state = 'active' limit 1`;
      return (await server.query(url, `select pg_terminate_backend(pid) from (${working}) as one`)).rowCount;
    },
    admit: (connections: number) => server.query(url, `alter role ${role} connection limit ${connections}`),
    pass(ms: number) {
      elapsedMs += ms;
    },
  };
}

/** A way to the server on which the ends of connections get lost, as behind a firewall that forgets them. */
async function startDeafWay() {
  let connections = 0;
  const sockets: Socket[] = [];
  const proxy = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    connections: () => connections,
    wayTo: (url: string) => {
      const { port, hostname } = new URL(url);
      proxy.on('connection', (client) => {
        connections++;
        const target = connect(Number(port), hostname);
        for (const socket of [client, target]) sockets.push(socket.on('error', () => undefined));
        client.pipe(target, { end: false });
        target.pipe(client, { end: false });
      });
      return url.replace(`:${port}`, `:${address.port}`);
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

  it('does not count as away when one of those that are open is cut', async () => {
    const { database, outages, admit, cut } = await withConnections(2);
    const slow = () => database.query('select pg_sleep(4)');
    const asked = Promise.allSettled([slow(), slow()]);
    await expect.poll(() => database.readings.open).toBe(2);
    await admit(1);
    await expect.poll(cut).toBe(1);
    await asked;
    await expect(database.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
    expect(outages).toEqual([]);
  });

  it('has as many connections again after one was cut, also where another was cut as it was opened', async () => {
    let isCutting = true;
    const cutOnce = (chunk: Buffer) => {
      if (!isCutting || !chunk.includes('set datestyle')) return null;
      isCutting = false;
      return 'before';
    };
    const { port } = new URL(await server.createDatabase());
    await using way = await startTcpProxy(Number(port), { cutAt: cutOnce });
    const { database, ask, admit, cut } = await withConnections(-1, (url) => url.replace(`:${port}/`, `:${way.port}/`));
    await expect(ask(1)).rejects.toThrow();
    await ask(2);
    await admit(2);
    await ask(8);
    const { open } = database.readings;
    // The server may still count the one that is cut.
    await admit(-1);
    const slow = () => database.query('select pg_sleep(2)');
    const asked = Promise.allSettled([slow(), slow()]);
    await expect.poll(cut).toBe(1);
    await asked;
    await ask(8);
    expect(database.readings.open).toBe(open);
  });

  it('is not asked without end while a connection that was given up does not close', async () => {
    const { wayTo, connections } = await startDeafWay();
    const { database, admit } = await withConnections(-1, wayTo);
    database.found(false);
    await database.probe('select 1');
    await admit(0);
    await expect(database.probe('select 1')).rejects.toThrow('not available');
    expect(connections()).toBeLessThan(20);
  });

  it('counts as away where none is open', async () => {
    const { database, outages, ask } = await withConnections(0);
    await expect(ask(4)).rejects.toThrow('not available');
    expect(database.isAvailable).toBe(false);
    expect(outages).toEqual([false, expect.objectContaining({ code: '53300' })]);
  });

  it('gives a turn once another one is over, and no turn that holds in one process alone', async () => {
    const { database } = await withConnections(2);
    const lock = new PostgresUserLock({
      local: new InProcessUserLock({ maxWaiting: 10, maxWaitMs: 10_000 }),
      database,
      maxTurns: 4,
      maxWaitMs: 10_000,
    });
    onTestFinished(() => lock.close());
    const leases = await Promise.all(
      Array.from({ length: 6 }, () => lock.run(randomUUID() as UserId, ({ isShared }) => delay(100, isShared))),
    );
    expect(leases).toEqual(Array(6).fill(true));
  });
});

describe.skipIf(!hasPgBouncer())('a PgBouncer that refuses a further connection', () => {
  it('does not count as away', async () => {
    const direct = await server.createDatabase();
    await using pooler = await startPgBouncer(
      Number(new URL(direct).port),
      'ignore_startup_parameters = statement_timeout\nmax_client_conn = 2',
    );
    const url = new URL(direct);
    url.port = String(pooler.port);
    const outages: unknown[] = [];
    const refusals: unknown[] = [];
    const database = new Database({
      ...postgresOptions(url.href),
      poolSize: 8,
      onAvailability: (_, cause) => outages.push(cause),
      onRefusal: (cause) => refusals.push(cause),
    });
    onTestFinished(() => database.close());
    const ask = () => database.query<{ one: number }>('select 1 as one, pg_sleep(0.1)');
    await Promise.all([ask(), ask()]);
    const answers = await Promise.all(Array.from({ length: 12 }, ask));
    expect(answers.map(([row]) => row?.one)).toEqual(Array(12).fill(1));
    expect(outages).toEqual([]);
    expect(refusals).toEqual([expect.objectContaining({ code: '08P01' })]);
  });
});
