import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { session, userId } from '../support/sessions.js';
import { startReplicas } from './replicas.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

async function databaseWith(settings: Readonly<Record<string, string>>): Promise<string> {
  const url = await server.createDatabase();
  for (const [setting, value] of Object.entries(settings)) {
    await server.query(url, `alter database ${url.split('/').at(-1)} set ${setting} = '${value}'`);
  }
  return url;
}

it('does not start where transactions are begun so that replicas cannot see what others claim', async () => {
  const url = await databaseWith({ default_transaction_isolation: 'repeatable read' });
  await expect(createPostgresStores(postgresOptions(url))).rejects.toThrow(
    /begins transactions as repeatable read.* SET default_transaction_isolation = 'read committed'\.$/,
  );
});

it('does not start where the encoding lacks characters of comments, and stores all of them where it does not', async () => {
  const databaseIn = async (encoding: string) => {
    const url = new URL(await server.createDatabase({ isEmpty: true }));
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await server.query(
      url.href,
      `create database ${name} encoding '${encoding}' lc_collate 'C' lc_ctype 'C' template template0`,
    );
    url.pathname = `/${name}`;
    return url.href;
  };
  await expect(createPostgresStores(postgresOptions(await databaseIn('LATIN1')))).rejects.toThrow(
    /is encoded in LATIN1, .* ENCODING 'UTF8'/,
  );
  await using replicas = await startReplicas({ databaseUrl: await databaseIn('SQL_ASCII'), count: 1 });
  const { first } = replicas;
  const id = first.user({ sessions: 1 }).sessions[0]?.id ?? '';
  const comment = 'Téléphone perdu — 携帯 😀';
  const revoke =
    'mutation ($id: ID!, $comment: String) { revokeSession(sessionId: $id, comment: $comment) { outcome } }';
  await first.data(revoke, { id, comment });
  const history = 'query ($id: ID!) { sessionHistory(filter: { sessionId: $id }) { entries { comment } } }';
  expect(await first.data(history, { id })).toEqual({ sessionHistory: { entries: [{ comment }] } });
});

it('makes a claim known to all replicas also where another one of the user takes longer than lock_timeout', async () => {
  const url = await databaseWith({ lock_timeout: '5ms' });
  // Throws what it would say of a claim that binds this process alone.
  await using stores = await createPostgresStores(postgresOptions(url));
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query(`begin; select pg_advisory_xact_lock(hashtextextended('claims ${userId}', 0))`);
  await using view = stores.claims.open(userId);
  view.look();
  const { id, applicationId } = session({ number: 1 });
  const claiming = view.claim({
    rule: 'byCreation',
    keeps: [],
    ends: [{ id, applicationId, tenantId: null, replacedBySessionId: null }],
    cause: {
      reason: 'USER_REQUEST',
      actor: { kind: 'service', userId: null, name: 'shop' },
      comment: null,
      requestId: 'r',
    },
  });
  await delay(300);
  await other.query('commit');
  await other.end();
  expect(await claiming).toBeNull();
  expect(view.isAnnounced(id)).toBe(true);
});

it('works in a schema whose name is a word of SQL', async () => {
  const databaseUrl = await server.createDatabase({ isEmpty: true });
  const options = { databaseUrl, env: { DATABASE_SCHEMA: 'user' } };
  for (const count of [1, 2]) {
    await using replicas = await startReplicas({ ...options, count });
    const { first } = replicas;
    const id = first.user({ sessions: 1 }).sessions[0]?.id ?? '';
    await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
    const known = 'query ($id: ID!) { endedSession(id: $id) { reason } }';
    expect(await first.data(known, { id })).toEqual({ endedSession: { reason: 'ADMIN_REQUEST' } });
  }
});

it('reads and writes instants whatever style and zone of dates the database has', async () => {
  const databaseUrl = await databaseWith({
    datestyle: 'SQL, DMY',
    timezone: 'Asia/Kolkata',
    intervalstyle: 'sql_standard',
    bytea_output: 'escape',
    standard_conforming_strings: 'off',
  });
  const begunAt = Date.now();
  await using replicas = await startReplicas({ databaseUrl });
  const { first, second } = replicas;
  const id = first.user({ sessions: 1 }).sessions[0]?.id ?? '';
  await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
  const known = 'query ($id: ID!) { endedSession(id: $id) { endedAt } at: revocationsCompleteSince }';
  const knownAt = (service: typeof first) =>
    service.data<{ endedSession: { endedAt: string } | null; at: string }>(known, { id });
  await expect.poll(async () => (await knownAt(second)).endedSession).not.toBeNull();
  const { endedSession, at } = await knownAt(second);
  for (const instant of [endedSession?.endedAt ?? '', at]) {
    expect(Date.parse(instant)).toBeGreaterThanOrEqual(begunAt);
    expect(Date.parse(instant)).toBeLessThanOrEqual(Date.now());
  }
  const history = 'query ($id: ID!) { sessionHistory(filter: { sessionId: $id }) { entries { endedAt } } }';
  expect(await second.data(history, { id })).toEqual({
    sessionHistory: { entries: [{ endedAt: endedSession?.endedAt }] },
  });
});
