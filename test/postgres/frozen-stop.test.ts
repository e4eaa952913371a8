import { expect, it } from 'vitest';
import { startOwnTime } from '../support/own-time.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { startReplicas } from './replicas.js';

it('stops within seconds although the database has frozen, and answers not even that a connection ends', async () => {
  const direct = new URL(await (await sharedPostgres()).createDatabase());
  await using proxy = await startTcpProxy(Number(direct.port));
  const throughProxy = new URL(direct);
  throughProxy.port = `${proxy.port}`;
  const replicas = await startReplicas({ databaseUrl: throughProxy.href, count: 1, mayFail: true });
  const { first } = replicas;
  const { refreshTokenId: id } = await first.user().login();
  await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
  proxy.set('frozen');
  const ownMs = startOwnTime();
  await replicas[Symbol.asyncDispose]();
  expect(ownMs()).toBeLessThan(8_000);
});
