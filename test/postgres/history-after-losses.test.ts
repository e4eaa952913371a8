import { expect, it } from 'vitest';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { observing } from '../support/telemetry.js';

it('every replica says that entries of the history may be missing from before a fail-over, also one that has said less', async () => {
  const { createDatabase, query } = await sharedPostgres();
  const url = await createDatabase();
  const options = { ...postgresOptions(url), telemetry: observing({}) };
  await using one = await createPostgresStores(options);
  await using other = await createPostgresStores(options);
  const keptSince = () => Promise.all([one, other].map(({ history }) => history.keptSince()));
  const [before = Number.NaN, same] = await keptSince();
  expect(same).toBe(before);
  const lostAt = Date.now();
  expect(before).toBeLessThanOrEqual(lostAt);
  // As on a server that was promoted.
  await query(url, `update fusionauth_sessions.log_head set fingerprint = 'another'`);
  await expect.poll(async () => Math.min(...(await keptSince()))).toBeGreaterThanOrEqual(lostAt);
  const [after] = await keptSince();
  expect(await keptSince()).toEqual([after, after]);
});
