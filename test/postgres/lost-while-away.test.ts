import { expect, it } from 'vitest';
import { sharedPostgres } from '../support/postgres.js';
import { StoppableTime } from '../support/stoppable-time.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { startReplicas } from './replicas.js';

const completeSince = '{ revocationsCompleteSince }';

it('says since when nothing is missing with what was lost after the tolerance of an outage, too', async () => {
  const time = new StoppableTime();
  time.stop();
  const direct = new URL(await (await sharedPostgres()).createDatabase());
  await using proxy = await startTcpProxy(Number(direct.port));
  const throughProxy = new URL(direct);
  throughProxy.port = `${proxy.port}`;
  await using replicas = await startReplicas({
    databaseUrl: throughProxy.href,
    count: 1,
    webhooksTo: [0],
    env: { DATABASE_OUTAGE_TOLERANCE_SECONDS: '1' },
    elapsedMs: time.elapsedMs,
    mayFail: true,
  });
  const { first } = replicas;
  const { refreshTokenId } = await first.user().login();
  proxy.set('closed');
  time.letPass();
  const said = (text: RegExp) => first.logs.filter(({ msg }) => text.test(msg)).length;
  await expect.poll(() => said(/away for too long/)).toBe(1);

  const lostAt = Date.now();
  const { emulator } = first;
  await fetch(`${emulator.url}/api/jwt/refresh/${refreshTokenId}`, {
    method: 'DELETE',
    headers: { authorization: emulator.apiKey },
  });
  await expect.poll(() => said(/webhook delivery not accepted/)).toBeGreaterThan(0);

  proxy.set('open');
  await expect.poll(() => said(/can be reached again/)).toBe(1);
  await expect
    .poll(async () => {
      const { body } = await first.query<{ revocationsCompleteSince: string }>(completeSince);
      return Date.parse(body.data?.revocationsCompleteSince ?? '');
    })
    .toBeGreaterThanOrEqual(lostAt);
  // For all replicas, as soon as it is written.
  await expect
    .poll(async () => {
      const { rows } = await (await sharedPostgres()).query(
        direct.href,
        'select complete_since from fusionauth_sessions.log_head',
      );
      return rows[0]?.complete_since.getTime();
    })
    .toBeGreaterThanOrEqual(lostAt);
});

it('says with how many revocations, that the database has not taken, a process ends', async () => {
  const direct = new URL(await (await sharedPostgres()).createDatabase());
  await using proxy = await startTcpProxy(Number(direct.port));
  const throughProxy = new URL(direct);
  throughProxy.port = `${proxy.port}`;
  const replicas = await startReplicas({ databaseUrl: throughProxy.href, count: 1, mayFail: true });
  const { first } = replicas;
  const { refreshTokenId } = await first.user().login();
  proxy.set('closed');
  await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: refreshTokenId });
  await replicas[Symbol.asyncDispose]();
  expect(first.logs.filter(({ msg }) => msg?.includes('are lost with this process'))).toEqual([
    expect.objectContaining({ level: 'error', sessions: 1 }),
  ]);
});
