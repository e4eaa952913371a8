import { beforeAll, expect, it } from 'vitest';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { session } from '../domain/sessions.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { silent } from '../support/telemetry.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

const cause = {
  reason: 'USER_REQUEST',
  actor: { kind: 'service', userId: null, name: 'shop' },
  comment: null,
  requestId: 'request',
} as const;

interface Scanned {
  readonly inserted: number;
  /** Rows that were read one after the other, and not by an index, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

it('announces, publishes and reads by an index, also with plans that were made on empty tables', async () => {
  const url = await server.createDatabase();
  // One connection, whose plans are made by the first operation, and kept.
  const stores = await createPostgresStores({ ...postgresOptions(url), poolSize: 1 });
  const recorder = new SessionEventRecorder({ ...stores, telemetry: silent, maxAccessTokenLifetimeMs: 3_600_000 });
  let ended = 0;
  const endSome = async (count: number) => {
    const some = Array.from({ length: count }, () => session({ number: ++ended }));
    const [{ userId } = session({ number: 0 })] = some;
    await using view = stores.claims.open(userId);
    view.look();
    const ends = some.map(({ id, applicationId }) => ({
      id,
      applicationId,
      tenantId: null,
      replacedBySessionId: null,
    }));
    expect(await view.claim({ rule: 'byCreation', keeps: [], ends, cause })).toBeNull();
    const facts = { endedAt: Date.now(), replacedBySessionId: null, accessTokensExpireBy: null } as const;
    await Promise.all(
      some.map(async ({ id, userId, applicationId }) => {
        const about = { id, userId, applicationId, reason: cause.reason, initiatingEntity: 'USER' } as const;
        await recorder.recordOwn({ ...about, ...facts }, null, cause);
        view.settle(id, 'ended');
      }),
    );
    // What FusionAuth reports of them.
    await Promise.all(
      some.map(({ id: sessionId, userId, applicationId }) => {
        const id = `event ${sessionId}`;
        const about = { sessionId, userId, applicationId, tenantId: null, occurredAt: facts.endedAt };
        const report = { kind: 'sessionRevoked', id, ...about, device: null, accessTokenLifetimes: new Map() } as const;
        return recorder.recordReported(report, { id, expiresAt: Date.now() + 300_000 });
      }),
    );
  };
  /** Counters come with a delay: those that hold all that has ended. */
  const scanned = async (): Promise<Scanned> => {
    const { rows } = await server.query(
      url,
      `select relname, seq_tup_read::int as read, n_tup_ins::int as inserted from pg_stat_user_tables
      where relname in ('ending', 'event', 'delivery', 'session_claim')`,
    );
    const inserted = rows.find(({ relname }) => relname === 'ending')?.inserted ?? 0;
    return { inserted, rows: Object.fromEntries(rows.map(({ relname, read }) => [relname, read])) };
  };
  const scannedSinceAll = async (): Promise<Scanned['rows']> => {
    await expect.poll(async () => (await scanned()).inserted, { timeout: 30_000 }).toBe(ended);
    return (await scanned()).rows;
  };
  await endSome(3);
  for (let round = 0; round < 4; round++) await endSome(100);
  const before = await scannedSinceAll();
  for (let round = 0; round < 5; round++) await endSome(2);
  const after = await scannedSinceAll();
  expect(after).toEqual(before);
  await stores[Symbol.asyncDispose]();
});
