import { expect, it } from 'vitest';
import { startDatabaseBehindProxy } from '../support/database-behind-proxy.js';
import { sharedPostgres } from '../support/postgres.js';
import { StoppableTime } from '../support/stoppable-time.js';
import { startReplicas } from './replicas.js';

const completeSince = '{ revocationsCompleteSince }';

it('says since when nothing is missing with what was lost after the tolerance of an outage, too', async () => {
  const time = new StoppableTime();
  time.stop();
  await using database = await startDatabaseBehindProxy();
  await using replicas = await startReplicas({
    databaseUrl: database.url,
    count: 1,
    webhooksTo: [0],
    env: { DATABASE_OUTAGE_TOLERANCE_SECONDS: '1' },
    elapsedMs: time.elapsedMs,
    mayFail: true,
  });
  const { first } = replicas;
  const { refreshTokenId } = await first.user().login();
  database.proxy.set('closed');
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

  database.proxy.set('open');
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
        database.directUrl,
        'select complete_since from fusionauth_sessions.log_head',
      );
      return rows[0]?.complete_since.getTime();
    })
    .toBeGreaterThanOrEqual(lostAt);
});

it('says with how many revocations, that the database has not taken, a process ends', async () => {
  await using database = await startDatabaseBehindProxy();
  const replicas = await startReplicas({ databaseUrl: database.url, count: 1, mayFail: true });
  const { first } = replicas;
  const { refreshTokenId } = await first.user().login();
  database.proxy.set('closed');
  await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: refreshTokenId });
  await replicas[Symbol.asyncDispose]();
  expect(first.logs.filter(({ msg }) => msg?.includes('are lost with this process'))).toEqual([
    expect.objectContaining({ level: 'error', sessions: 1 }),
  ]);
});
