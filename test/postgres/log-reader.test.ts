import { beforeAll, describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { observing } from '../support/telemetry.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

const schema = 'fusionauth_sessions';
const activity = (occurredAt: number) => ({
  event: {
    type: 'SESSION_STARTED' as const,
    tenantId: null,
    userId: null,
    applicationId: null,
    sessionId: null,
    reason: null,
    initiatingEntity: null,
    occurredAt,
  },
  refusal: null,
  ending: null,
});

/** A writer, and a reader that can be cut off from the database. */
async function open() {
  const url = await server.createDatabase();
  const proxy: TcpProxy = await startTcpProxy(Number(new URL(url).port));
  const through = new URL(url);
  through.port = `${proxy.port}`;
  const restarts: string[] = [];
  const options = { ...postgresOptions(url), outageToleranceMs: 60_000 };
  const writer = await createPostgresStores({ ...options, telemetry: observing({}) });
  const reader = await createPostgresStores({
    ...options,
    url: through.href,
    statementTimeoutMs: 500,
    connectTimeoutMs: 500,
    telemetry: observing({ eventsMayBeLost: (reason) => restarts.push(reason) }),
  });
  const query = (text: string) => server.query(url, text);
  return {
    url,
    writer,
    reader,
    restarts,
    proxy,
    query,
    publish: (at: number) => writer.log.publish({ entries: [activity(at)], delivery: null }),
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Reads up to an event. @returns how many that takes. */
async function until(events: AsyncIterator<SessionEvent>, occurredAt: number): Promise<number> {
  for (let count = 1; ; count++) {
    const { value } = await events.next();
    if (value.occurredAt === occurredAt) return count;
  }
}

describe('a reader of the log that cannot have read everything reads all anew, and ends what it streams', () => {
  it.each([
    [
      'hole',
      async (query: (text: string) => Promise<unknown>) => query(`delete from ${schema}.event where position = 2`),
    ],
    [
      'epoch',
      async (query: (text: string) => Promise<unknown>) =>
        query(`update ${schema}.log_head set fingerprint = 'of another timeline'`),
    ],
    [
      'epoch',
      async (query: (text: string) => Promise<unknown>) => {
        await query(`delete from ${schema}.event`);
        await query(`update ${schema}.log_head set position = 0`);
      },
    ],
  ] as const)('%s', async (reason, lose) => {
    await using log = await open();
    const before = await log.reader.feed.subscribe(() => true, null);
    await log.publish(1);
    expect(await until(before, 1)).toBe(1);
    const completeSince = await log.writer.memory.completeSince();
    log.proxy.set('closed');
    await log.publish(2);
    await log.publish(3);
    await lose(log.query);
    log.proxy.set('open');
    await expect(before.next()).rejects.toThrow('not available');
    expect(log.restarts[0]).toBe(reason);
    await log.publish(4);
    const events = await log.reader.feed.subscribe(() => true, null);
    await log.publish(5);
    expect(await until(events, 5)).toBeLessThanOrEqual(2);
    await events.return?.();
    if (reason === 'epoch') expect(await log.reader.memory.completeSince()).toBeGreaterThan(completeSince);
  });

  it('goes on without a word when it was only away', async () => {
    await using log = await open();
    const events = await log.reader.feed.subscribe(() => true, null);
    log.proxy.set('closed');
    for (const at of [1, 2, 3]) await log.publish(at);
    log.proxy.set('open');
    const read = [(await events.next()).value, (await events.next()).value, (await events.next()).value];
    expect(read.map(({ occurredAt }) => occurredAt)).toEqual([1, 2, 3]);
    expect(log.restarts).toEqual([]);
    await events.return?.();
  });

  it('refuses ids of before a fail-over, after which positions are given again', async () => {
    await using log = await open();
    const events = await log.reader.feed.subscribe(() => true, null);
    await log.publish(1);
    const { id } = (await events.next()).value;
    await log.query(`update ${schema}.log_head set fingerprint = 'of another timeline'`);
    await expect(events.next()).rejects.toThrow('not available');
    for (const { feed } of [log.reader, log.writer]) {
      await expect.poll(() => feed.subscribe(() => true, id).then(() => 'resumed', String)).toContain('not remembered');
    }
  });
});

describe('a schema that a newer version of the program has migrated', () => {
  it('is refused by a start, and goes on to be used by replicas that run', async () => {
    await using log = await open();
    await log.query(`insert into ${schema}.migration (name, run_on) values ('0999_later', now())`);
    await log.query(`alter table ${schema}.event add column later text`);
    await expect(createPostgresStores(postgresOptions(log.url))).rejects.toThrow('0999_later');
    const events = await log.reader.feed.subscribe(() => true, null);
    await log.publish(1);
    expect((await events.next()).value.occurredAt).toBe(1);
    await events.return?.();
  });

  it('is migrated once by replicas that start at the same time', async () => {
    const options = postgresOptions(await server.createDatabase({ isEmpty: true }));
    const replicas = await Promise.all([1, 2, 3].map(() => createPostgresStores(options)));
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
  });
});
