import { execFileSync } from 'node:child_process';
import { afterEach, expect, it, vi } from 'vitest';
import { createGuard, type Guard } from '../../src/guard/guard.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { codesOf } from '../support/enforcement.js';
import { type OwnPostgresServer, startPostgres, startStandby } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { type Replicas, startReplicas } from './replicas.js';

vi.setConfig({ testTimeout: 60_000 });

const env = {
  DATABASE_STATEMENT_TIMEOUT_MS: '1000',
  DATABASE_CONNECT_TIMEOUT_MS: '1000',
  DATABASE_OUTAGE_TOLERANCE_SECONDS: '30',
};

const toClose: AsyncDisposable[] = [];
function closing<T extends AsyncDisposable>(one: T): T {
  toClose.push(one);
  return one;
}

afterEach(async () => {
  for (const one of toClose.toReversed()) await one[Symbol.asyncDispose]();
  toClose.length = 0;
});

interface Scene {
  readonly server: OwnPostgresServer;
  /** The way of all replicas to the database. */
  readonly way: TcpProxy;
  readonly databaseUrl: string;
  readonly replicas: Replicas;
  readonly guard: Guard;
}

/** @param prepare Is called before the database is used. */
async function startScene(server: OwnPostgresServer): Promise<Scene> {
  const way = closing(await startTcpProxy(server.port));
  const url = new URL(await server.createDatabase());
  url.port = String(way.port);
  const databaseUrl = url.href;
  const replicas = closing(await startReplicas({ databaseUrl, env, mayFail: true }));
  const { first } = replicas;
  const guard = closing(
    createGuard({
      serviceUrl: first.url,
      serviceKey: first.key(['event:subscribe', 'session:read']),
      accessTokens: { fusionAuthUrl: first.emulator.url, issuer: 'acme.com', audience: shopId },
      whenFeedIsDown: 'refuse',
      reconnectBaseMs: 20,
      reconnectMaxMs: 200,
    }),
  );
  await guard.ready();
  return { server, way, databaseUrl, replicas, guard };
}

async function revoke(service: TestService, id: string) {
  const { revokeSession } = await service.data<{
    revokeSession: { outcome: string; warnings: { code: string }[] };
  }>('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome warnings { code } } }', { id });
  expect([revokeSession.outcome, ...codesOf(revokeSession.warnings)]).toEqual(['REVOKED', 'ACCESS_TOKENS_STILL_VALID']);
}

const reasonAt = async (service: TestService, id: string) => {
  const document = 'query ($id: ID!) { endedSession(id: $id) { reason } }';
  const answer = await service.query<{ endedSession: { reason: string } | null }>(document, { id });
  return answer.body.data?.endedSession?.reason ?? null;
};

const statusFor = async (service: TestService, token: string) =>
  (await service.query('{ viewer { name } }', {}, { key: token })).status;

const completeSince = async (service: TestService) =>
  Date.parse((await service.data<{ at: string }>('{ at: revocationsCompleteSince }')).at);

const patient = { interval: 100 };

/** @param lose Makes the database forget what was published after the first revocation. @param keep Is called before. */
async function expectNothingForgotten(
  { replicas, guard, databaseUrl, server }: Scene,
  keep: () => Promise<void>,
  lose: () => Promise<void>,
): Promise<void> {
  const { first, second } = replicas;
  const key = first.key(['event:subscribe']);
  const events = await subscribe(second, key, { types: ['SESSION_REVOKED'] });
  const early = await first.user().login();
  await revoke(first, early.refreshTokenId);
  // The answer does not wait for the record that is to be kept.
  await expect.poll(() => reasonAt(second, early.refreshTokenId), patient).toBe('ADMIN_REQUEST');
  await keep();
  const alive = await first.user().login();
  const late = await Promise.all([1, 2, 3].map(() => first.user().login()));
  for (const { refreshTokenId } of late) await revoke(second, refreshTokenId);
  const seen = [await events.nextEvent(), await events.nextEvent()];
  expect(seen.map(({ sessionId }) => sessionId)).toEqual([early.refreshTokenId, late[0]?.refreshTokenId]);
  const before = await completeSince(first);
  const lostAt = Date.now();
  await lose();

  // Whoever follows is told, and begins anew.
  await expect
    .poll(async () => {
      await using again = await subscribe(second, key, { after: seen[1]?.id ?? '' });
      return again.refusal?.errors?.[0]?.extensions['code'];
    }, patient)
    .toBe('BAD_USER_INPUT');
  await expect.poll(() => completeSince(first).catch(() => 0), patient).toBeGreaterThanOrEqual(lostAt);
  expect(before).toBeLessThan(lostAt);
  // What was acknowledged is published again by whoever knows it, with its reason, once.
  for (const { refreshTokenId } of late) {
    await expect.poll(() => reasonAt(second, refreshTokenId), patient).toBe('ADMIN_REQUEST');
  }
  const { rows } = await server.query(
    databaseUrl,
    'select session_id from fusionauth_sessions.event order by position',
  );
  const published = rows.map(({ session_id }: { session_id: string }) => session_id);
  expect(published.toSorted()).toEqual([early, ...late].map(({ refreshTokenId }) => refreshTokenId).toSorted());

  const fresh = closing(
    await startTestService({ beside: first, env: { ...shopTokens, ...env, DATABASE_URL: databaseUrl } }),
  );
  // What was not yet recorded when the database went, other replicas read for the first time now.
  for (const service of [first, second, fresh]) {
    for (const { token } of [early, ...late]) {
      await expect.poll(() => statusFor(service, token), patient).toBe(401);
    }
    expect(await statusFor(service, alive.token)).toBe(200);
  }
  await expect.poll(async () => (await guard.check(alive.token)).ok, patient).toBe(true);
  for (const { token } of [early, ...late]) {
    await expect.poll(async () => (await guard.check(token)).ok, patient).toBe(false);
  }
  await revoke(fresh, alive.refreshTokenId);
  await expect.poll(async () => (await guard.check(alive.token)).ok, patient).toBe(false);
}

it('forgets no revocation in a fail-over that loses the last commits, and says to everybody what may be missing', async () => {
  const server = closing(await startPostgres());
  const replication = closing(await startTcpProxy(server.port));
  const standby = closing(await startStandby(server, replication.port));
  const scene = await startScene(server);
  const onStandby = new URL(scene.databaseUrl);
  onStandby.port = String(standby.port);
  const endingsThere = async () => {
    const count = 'select count(*)::int as count from fusionauth_sessions.ending';
    return (await standby.query(onStandby.href, count).catch(() => null))?.rows[0]?.count;
  };
  await expectNothingForgotten(
    scene,
    async () => {
      await expect.poll(endingsThere, patient).toBe(1);
      replication.set('closed');
    },
    async () => {
      expect(await endingsThere()).toBe(1);
      scene.way.set('closed');
      await server.stop();
      await standby.promote();
      scene.way.leadTo(standby.port);
      scene.way.set('open');
    },
  );
});

it('forgets no revocation where an earlier backup of the database is restored while replicas run', async () => {
  const server = closing(await startPostgres());
  const scene = await startScene(server);
  const backup = `${server.dataFolder}-backup`;
  const stopped = async (then: () => void) => {
    scene.way.set('closed');
    await server.stop();
    then();
    await server.start();
    scene.way.set('open');
    await expect.poll(() => completeSince(scene.replicas.first).catch(() => 0), patient).toBeGreaterThan(0);
    const ready = async () => (await (await scene.replicas.second.fetch('/health/ready')).json()) as object;
    await expect.poll(ready, patient).toEqual({ status: 'ready' });
  };
  await expectNothingForgotten(
    scene,
    () => stopped(() => execFileSync('cp', ['-a', server.dataFolder, backup])),
    () =>
      stopped(() => {
        execFileSync('rm', ['-rf', server.dataFolder]);
        execFileSync('mv', [backup, server.dataFolder]);
      }),
  );
});
