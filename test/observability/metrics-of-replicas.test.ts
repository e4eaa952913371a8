import { expect, it, vi } from 'vitest';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService } from '../support/service.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const maxWaitMs = 45_000;

it('metrics of a service with a database follow it while it goes away and comes back', async () => {
  const databaseUrl = new URL(await (await sharedPostgres()).createDatabase());
  await using proxy = await startTcpProxy(Number(databaseUrl.port));
  databaseUrl.port = `${proxy.port}`;
  await using service = await startTestService({
    env: {
      MANAGEMENT_PORT: '0',
      DATABASE_URL: databaseUrl.href,
      DATABASE_OUTAGE_TOLERANCE_SECONDS: '1',
    },
  });
  const reading = async (name: string) => {
    const text = await (await fetch(`${service.managementUrl}/metrics`)).text();
    const found = text.split('\n').find((line) => line.startsWith(`fusionauth_sessions_${name} `));
    return found === undefined ? null : Number(found.split(' ')[1]);
  };
  const waitFor = (name: string, check: (value: number | null) => boolean) =>
    vi.waitFor(async () => expect(await reading(name), name).toSatisfy(check), maxWaitMs);

  expect(await reading('database_available')).toBe(1);
  await waitFor('database_connections_open', (value) => value !== null && value > 0);
  await waitFor('database_connections_idle', (value) => value !== null && value > 0);
  await waitFor('database_connections_awaited', (value) => value === 0);
  expect(await reading('feed_lag_seconds')).toBeLessThan(maxWaitMs / 1_000);

  proxy.set('closed');
  await waitFor('database_available', (value) => value === 0);
  await waitFor('feed_lag_seconds', (value) => value !== null && value > 1);
  await waitFor('feed_breaks_total{reason="outage"}', (value) => value === 1);

  proxy.set('open');
  await waitFor('database_available', (value) => value === 1);
  await waitFor('feed_lag_seconds', (value) => value !== null && value < 2);
}, 60_000);
