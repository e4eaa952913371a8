import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shopTokens } from '../support/access-tokens.js';
import { codesOf, enforceSingleSession } from '../support/enforcement.js';
import { startOwnTime } from '../support/own-time.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { StoppableTime } from '../support/stoppable-time.js';
import { subscribe } from '../support/subscription.js';
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from '../support/tcp-proxy.js';
import { type Replicas, startReplicas } from './replicas.js';

/** One replica that reaches the database by a way that can be cut, and one that reaches it always. */
let proxy: TcpProxy;
let replicas: Replicas;
let cut: TestService;
let other: TestService;
let databaseUrl: string;

/** Of the replica that is cut. */
const time = new StoppableTime();

const statementTimeoutMs = 1_500;

/** Of the tests of a database that does not answer, which wait for these times. */
const impatience = { DATABASE_STATEMENT_TIMEOUT_MS: `${statementTimeoutMs}`, DATABASE_CONNECT_TIMEOUT_MS: '1500' };

/** However the database fails, no call takes longer: a statement and a connection, and what FusionAuth takes. */
const maxCallMs = 8_000;

async function start(env: Readonly<Record<string, string>> = {}, filter?: TcpProxyOptions['filter']): Promise<void> {
  time.stop();
  databaseUrl = await (await sharedPostgres()).createDatabase();
  proxy = await startTcpProxy(Number(new URL(databaseUrl).port), filter === undefined ? {} : { filter });
  const throughProxy = new URL(databaseUrl);
  throughProxy.port = `${proxy.port}`;
  replicas = await startReplicas({
    count: 1,
    databaseUrl: throughProxy.href,
    env: { DATABASE_OUTAGE_TOLERANCE_SECONDS: '1', READINESS_MAX_AGE_MS: '1', ...env },
    elapsedMs: time.elapsedMs,
    mayFail: true,
  });
  cut = replicas.first;
  other = await startTestService({ beside: cut, env: { ...shopTokens, DATABASE_URL: databaseUrl } });
}

afterEach(async () => {
  proxy.set('open');
  await other[Symbol.asyncDispose]();
  await replicas[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

async function revoke(service: TestService, id: string) {
  const { revokeSession } = await service.data<{
    revokeSession: { outcome: string; warnings: { code: string }[] };
  }>('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome warnings { code } } }', { id });
  return { outcome: revokeSession.outcome, warnings: codesOf(revokeSession.warnings) };
}

const statusFor = async (service: TestService, token: string) =>
  (await service.query('{ viewer { name } }', {}, { key: token })).status;

const endedAt = async (service: TestService, id: string) => {
  const answer = await service.query<{ endedSession: { reason: string } | null }>(
    'query ($id: ID!) { endedSession(id: $id) { reason } }',
    { id },
  );
  return answer.body.data?.endedSession?.reason ?? answer.body.errors?.[0]?.extensions['code'] ?? null;
};

const readiness = async (service: TestService) => {
  const response = await service.fetch('/health/ready');
  return [response.status, await response.json()];
};

async function timed<T>(promise: Promise<T>): Promise<T> {
  const ownMs = startOwnTime();
  const result = await promise;
  expect(ownMs()).toBeLessThan(maxCallMs);
  return result;
}

describe.each(['closed', 'frozen'] as const)('while the way to the database is %s', (mode) => {
  beforeEach(() => start(impatience));

  it('a replica lists, enforces, revokes and refuses, says what it cannot do, and publishes later', async () => {
    const { id: userId, sessions } = cut.user({ sessions: 2 });
    const alice = await cut.user().login();
    proxy.set(mode);
    time.letPass();
    const list = 'query ($userId: ID!) { sessions(userId: $userId) { id } }';
    expect(await timed(cut.data(list, { userId }))).toMatchObject({ sessions: [{}, {}] });
    const enforced = await timed(enforceSingleSession(cut, { userId }));
    expect([enforced.outcome, codesOf(enforced.warnings)]).toEqual([
      'ENFORCED',
      ['ACCESS_TOKENS_STILL_VALID', 'NOT_PUBLISHED_YET'],
    ]);
    expect(await timed(revoke(cut, alice.refreshTokenId))).toEqual({
      outcome: 'REVOKED',
      warnings: ['ACCESS_TOKENS_STILL_VALID', 'NOT_PUBLISHED_YET'],
    });
    expect(await Promise.all([cut, other].map((service) => statusFor(service, alice.token)))).toEqual([401, 200]);
    expect(await timed(endedAt(cut, alice.refreshTokenId))).toBe('UPSTREAM_UNAVAILABLE');
    const bob = cut.user({ sessions: 2 });
    const keepSessionId = bob.sessions[0]?.id ?? '';
    const kept = await timed(
      enforceSingleSession(cut, { userId: bob.id, keepSessionId, onNewerSession: 'KEEP_REQUESTED' }),
    );
    expect([kept.outcome, codesOf(kept.warnings)]).toEqual([
      'ENFORCED',
      ['ACCESS_TOKENS_STILL_VALID', 'NOT_PUBLISHED_YET', 'NO_SHARED_LOCK'],
    ]);
    expect(await timed(readiness(cut))).toEqual([200, { status: 'ready', warnings: ['DATABASE_UNAVAILABLE'] }]);

    proxy.set('open');
    await expect.poll(() => endedAt(other, alice.refreshTokenId)).toBe('ADMIN_REQUEST');
    await expect.poll(() => endedAt(other, sessions[0]?.id ?? '')).toBe('SINGLE_SESSION_POLICY');
    await expect.poll(() => statusFor(other, alice.token)).toBe(401);
    expect(await statusFor(cut, alice.token)).toBe(401);
    await expect.poll(() => readiness(cut)).toEqual([200, { status: 'ready' }]);
  });

  it('ends what it streams after the tolerance, and streams again when it is back', async () => {
    const key = cut.key(['event:subscribe']);
    await using events = await subscribe(cut, key);
    proxy.set(mode);
    time.letPass();
    const result = await events.next().catch((error: unknown) => error);
    expect(result).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] });
    const refused = await subscribe(cut, key);
    expect(refused.refusal?.errors?.[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    proxy.set('open');
    const { refreshTokenId } = await other.user().login();
    await expect
      .poll(async () => {
        await using again = await subscribe(cut, key);
        return again.refusal;
      })
      .toBeNull();
    time.stop();
    await using again = await subscribe(cut, key);
    await revoke(other, refreshTokenId);
    expect((await again.nextEvent()).sessionId).toBe(refreshTokenId);
  });
});

it('does not wait for a slow database that took the announcement, and publishes what that did not take in time once it does', async () => {
  await start(impatience);
  const { token, refreshTokenId } = await cut.user().login();
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('begin; select * from fusionauth_sessions.log_head for update');
  const revoked = await timed(revoke(cut, refreshTokenId));
  expect(revoked).toEqual({ outcome: 'REVOKED', warnings: ['ACCESS_TOKENS_STILL_VALID'] });
  expect(await statusFor(cut, token)).toBe(401);
  // The statement is given up meanwhile.
  await delay(statementTimeoutMs + 1_000);
  expect(await statusFor(cut, token)).toBe(401);
  await holder.query('commit');
  await holder.end();
  await expect.poll(() => endedAt(other, refreshTokenId)).toBe('ADMIN_REQUEST');
  expect(await statusFor(other, token)).toBe(401);
});

it('goes on with a database that takes nothing to be written, and says so, until it does again', async () => {
  await start();
  const { query } = await sharedPostgres();
  const server = new URL(databaseUrl);
  const name = server.pathname.slice(1);
  server.pathname = '/postgres';
  const readOnly = (is: 'on' | 'off') =>
    query(server.href, `alter database ${name} set default_transaction_read_only = ${is}`);
  await using events = await subscribe(cut, cut.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
  const { refreshTokenId } = await cut.user().login();
  await readOnly('on');
  await query(server.href, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  await expect.poll(() => readiness(cut)).toEqual([200, { status: 'ready', warnings: ['DATABASE_UNAVAILABLE'] }]);
  time.letPass();
  expect(await timed(revoke(cut, refreshTokenId))).toMatchObject({ outcome: 'REVOKED' });
  time.stop();
  // Nobody ends the connections that began meanwhile.
  await readOnly('off');
  expect((await events.nextEvent()).sessionId).toBe(refreshTokenId);
  await expect.poll(() => endedAt(other, refreshTokenId)).toBe('ADMIN_REQUEST');
  await expect.poll(() => readiness(cut)).toEqual([200, { status: 'ready' }]);
});

it('goes on while the disk of the database is full, in bounded time, and publishes later', async () => {
  await start();
  const { query } = await sharedPostgres();
  await query(
    databaseUrl,
    `create function no_space() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`,
  );
  const tables = ['event', 'session_claim', 'ending', 'delivery'].map((table) => `fusionauth_sessions.${table}`);
  for (const table of tables) {
    await query(databaseUrl, `create trigger no_space before insert on ${table} execute function no_space()`);
  }
  time.letPass();
  const { id: userId, sessions } = cut.user({ sessions: 2 });
  const { token, refreshTokenId } = await cut.user().login();
  const unpublished = ['ACCESS_TOKENS_STILL_VALID', 'NOT_PUBLISHED_YET'];
  expect(await timed(revoke(cut, refreshTokenId))).toEqual({ outcome: 'REVOKED', warnings: unpublished });
  const enforced = await timed(enforceSingleSession(cut, { userId }));
  expect([enforced.outcome, codesOf(enforced.warnings)]).toEqual(['ENFORCED', unpublished]);
  expect(await statusFor(cut, token)).toBe(401);
  for (const table of tables) await query(databaseUrl, `drop trigger no_space on ${table}`);
  await expect.poll(() => endedAt(other, refreshTokenId)).toBe('ADMIN_REQUEST');
  await expect.poll(() => endedAt(other, sessions[0]?.id ?? '')).toBe('SINGLE_SESSION_POLICY');
  await expect.poll(() => statusFor(other, token)).toBe(401);
});

it('tries to reach the database one connection at a time, however many calls come', async () => {
  await start();
  time.letPass();
  proxy.set('closed');
  const users = Array.from({ length: 20 }, () => cut.user({ sessions: 2 }));
  await Promise.all(users.map(({ id: userId }) => enforceSingleSession(cut, { userId })));
  const [before, startedAt] = [proxy.connections, performance.now()];
  await Promise.all(users.map(({ id: userId }) => enforceSingleSession(cut, { userId })));
  await delay(2_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  // A look each second, and the connection that listens, after half a second for the first time.
  expect(proxy.connections - before).toBeLessThanOrEqual(2 * seconds + 4);
});

it('misses nothing when connections are closed, the one that listens included', async () => {
  await start();
  await using events = await subscribe(cut, cut.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
  for (let round = 0; round < 3; round++) {
    const { refreshTokenId } = await other.user().login();
    proxy.cut();
    await revoke(other, refreshTokenId);
    expect((await events.nextEvent()).sessionId).toBe(refreshTokenId);
  }
});

it('learns of everything although notifications are lost, as behind a pooler of transactions', async () => {
  const notificationResponse = 'A'.charCodeAt(0);
  await start({}, (message) => (message[0] === notificationResponse ? null : message));
  await using events = await subscribe(cut, cut.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
  const { refreshTokenId } = await other.user().login();
  await revoke(other, refreshTokenId);
  expect((await events.nextEvent()).sessionId).toBe(refreshTokenId);
});
