import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startDatabaseBehindProxy } from '../support/database-behind-proxy.js';
import { startReplicas } from './replicas.js';

it('says once that the database is away, and nothing each second of revocations that nobody is in doubt about', async () => {
  await using database = await startDatabaseBehindProxy();
  await using replicas = await startReplicas({ databaseUrl: database.url, count: 1, mayFail: true });
  const { logs } = replicas.first;
  const said = (text: RegExp) => logs.filter(({ msg }) => text.test(msg));
  database.proxy.set('closed');
  await expect.poll(() => said(/the database cannot be reached/)).toHaveLength(1);
  // Looks for them are made each second; one may have been under way.
  await delay(2_500);
  expect(said(/nobody answered for/).length).toBeLessThanOrEqual(1);
  expect(said(/the database cannot be reached/)).toHaveLength(1);
  database.proxy.set('open');
});

it('says once why a delivery of FusionAuth was not accepted, with the id of its event', async () => {
  await using database = await startDatabaseBehindProxy();
  await using replicas = await startReplicas({
    databaseUrl: database.url,
    count: 1,
    webhooksTo: [0],
    mayFail: true,
  });
  const { emulator, logs, user } = replicas.first;
  const { refreshTokenId } = await user().login();
  await emulator.events.settled();
  database.proxy.set('closed');
  await expect.poll(() => logs.some(({ msg }) => msg?.includes('the database cannot be reached') === true)).toBe(true);
  const before = logs.length;
  const headers = { authorization: emulator.apiKey };
  await fetch(`${emulator.url}/api/jwt/refresh/${refreshTokenId}`, { method: 'DELETE', headers });
  const refused = () => logs.find(({ msg }) => msg === 'webhook delivery not accepted');
  await expect.poll(refused).toBeDefined();
  const causes = logs.slice(before).filter(({ err }) => err !== undefined);
  expect(causes).toMatchObject([{ msg: 'event not handled', eventId: refused()?.['eventId'] }]);
  database.proxy.set('open');
});
