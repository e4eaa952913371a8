import { expect, it, onTestFinished, vi } from 'vitest';
import { Database } from '../../src/postgres/database.js';
import { migrate } from '../../src/postgres/migrations.js';
import { startDatabaseBehindProxy } from '../support/database-behind-proxy.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { programUnderTest } from '../support/program.js';

vi.setConfig({ testTimeout: 60_000 });

const { start } = programUnderTest();

/** Longer than what follows the drain takes, and shorter than Kubernetes waits by the chart. */
const maxStopMs = 10_000;

/** What the program answers, or that it is still there. */
const stopped = (exited: Promise<number | null>) =>
  Promise.race([exited, new Promise((resolve) => setTimeout(() => resolve('still there'), maxStopMs).unref())]);

it('gives up a start that waits for the migration of another replica by SIGTERM', async () => {
  const server = await sharedPostgres();
  const url = await server.createDatabase({ isEmpty: true });
  const lock = "select pg_advisory_lock(hashtextextended('migrations fusionauth_sessions', 0)), pg_sleep(60)";
  const waiting = "select pid from pg_locks where locktype = 'advisory' and not granted";
  const held = server.query(url, lock).catch(() => undefined);
  const running = start({ PORT: '0', EMULATOR_PORT: '0', DATABASE_URL: url });
  await expect.poll(async () => (await server.query(url, waiting)).rowCount, { timeout: 30_000 }).toBe(1);
  running.process.kill('SIGTERM');
  expect([await stopped(running.exited), running.stderr()]).toEqual([0, '']);
  await server.query(url, `select pg_terminate_backend(pid) from pg_stat_activity where query = $$${lock}$$`);
  await held;
});

it('begins no migration where the start was given up before', async () => {
  const server = await sharedPostgres();
  const url = await server.createDatabase({ isEmpty: true });
  const database = new Database({ ...postgresOptions(url), onAvailability: () => undefined });
  onTestFinished(() => database.close());
  await expect(migrate(database, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

it('ends by SIGTERM in a bounded time when the database neither answers nor closes connections', async () => {
  await using database = await startDatabaseBehindProxy();
  const running = start({ PORT: '0', EMULATOR_PORT: '0', DRAIN_MS: '0', DATABASE_URL: database.url });
  await running.printed(/"msg":"listening"/);
  database.proxy.set('frozen');
  running.process.kill('SIGTERM');
  expect(await stopped(running.exited)).toBe(0);
});
