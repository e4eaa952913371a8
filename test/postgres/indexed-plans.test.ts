import { beforeAll, expect, it } from 'vitest';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { anyEntry } from '../stores/replicas-of-one-store.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { session, sessionId, shop, userId, wiki } from '../support/sessions.js';
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
      some.map(async ({ id, applicationId }) => {
        const about = { id, userId, applicationId, reason: cause.reason, initiatingEntity: 'USER' } as const;
        await recorder.recordOwn({ ...about, ...facts }, null, cause);
        view.settle(id, 'ended');
      }),
    );
    // What FusionAuth reports of them.
    await Promise.all(
      some.map(({ id: sessionId, applicationId }) => {
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

it('finds entries of the history by an index, whatever it is filtered by, also where few or none match', async () => {
  const url = await server.createDatabase();
  const entries = 20_000;
  // Two minutes apart, and as many failures: the last of them now.
  await server.query(
    url,
    `insert into fusionauth_sessions.ending (session_id, user_id, application_id, ended_at, reason, tokens_expire_by,
      by_choice, position, recorded_at, actor_kind, actor_user_id, actor_name, request_id, outcome, history_number)
    select gen_random_uuid(), gen_random_uuid(), $3, now(), 'USER_REQUEST', now(), false, n,
      now() - ($1::int - n) * interval '2 min', 'service', $2, 'shop', n::text, 'revoked', 2 * n
    from generate_series(1, $1::int) n`,
    [entries, userId, shop],
  );
  await server.query(
    url,
    `insert into fusionauth_sessions.failed_revocation (history_number, session_id, user_id, application_id, reason,
      recorded_at, actor_kind, actor_user_id, actor_name, request_id)
    select history_number + 1, gen_random_uuid(), gen_random_uuid(), application_id, reason, recorded_at, actor_kind,
      actor_user_id, actor_name, request_id from fusionauth_sessions.ending`,
  );
  await server.query(url, 'analyze');
  const readRows = async (): Promise<{ readonly isWhole: boolean; readonly rows: number }> => {
    const { rows } = await server.query(
      url,
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read, (select idx_scan::int as last
        from pg_stat_user_indexes where indexrelname = 'ending_request') from pg_stat_user_tables
      where relname in ('ending', 'failed_revocation')`,
    );
    return { isWhole: rows[0]?.last > 0, rows: rows[0]?.read };
  };
  const before = (await readRows()).rows;
  const dayMs = 86_400_000;
  const stores = await createPostgresStores({ ...postgresOptions(url), poolSize: 1, historyRetentionMs: 60 * dayMs });
  const now = Date.now();
  const filters = [
    { userId },
    { sessionId: sessionId(1) },
    { applicationId: shop },
    { applicationId: wiki },
    { actorName: 'shop' },
    { actorName: 'nobody' },
    { actorUserId: userId },
    { reason: 'USER_REQUEST' },
    { reason: 'SUSPECTED_COMPROMISE' },
    { outcome: 'failed' },
    { outcome: 'alreadyEnded' },
    { outcome: 'revoked' },
    { until: now - 20 * dayMs },
    { since: now - 20 * dayMs, until: now - 20 * dayMs + 1 },
    { since: now + dayMs },
    // Asked last: its index says that all of them are counted.
    { requestId: '17' },
  ] as const;
  for (const filter of filters) await stores.history.list({ ...anyEntry, ...filter }, 20, null);
  // A connection that ends says what it has counted.
  await stores[Symbol.asyncDispose]();
  await expect.poll(async () => (await readRows()).isWhole, { timeout: 30_000 }).toBe(true);
  expect((await readRows()).rows - before).toBeLessThan(filters.length * 200);
});
