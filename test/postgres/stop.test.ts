import { expect, it, vi } from 'vitest';
import { sharedPostgres } from '../support/postgres.js';
import { programUnderTest } from '../support/program.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

vi.setConfig({ testTimeout: 60_000 });

const { start } = programUnderTest();

/** Longer than what follows the drain takes, and shorter than Kubernetes waits by the chart. */
const maxStopMs = 10_000;

it('ends by SIGTERM in a bounded time when the database neither answers nor closes connections', async () => {
  const url = new URL(await (await sharedPostgres()).createDatabase());
  await using way = await startTcpProxy(Number(url.port));
  url.port = String(way.port);
  const running = start({ PORT: '0', EMULATOR_PORT: '0', DRAIN_MS: '0', DATABASE_URL: url.href });
  await running.printed(/"msg":"listening"/);
  way.set('frozen');
  running.process.kill('SIGTERM');
  const late = new Promise((resolve) => setTimeout(() => resolve('still there'), maxStopMs).unref());
  expect(await Promise.race([running.exited, late])).toBe(0);
});
