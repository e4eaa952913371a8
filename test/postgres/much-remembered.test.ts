import { expect, it } from 'vitest';
import { systemClock } from '../../src/domain/ports/clock.js';
import { InProcessRevocationMemory } from '../../src/in-process/revocation-memory.js';
import { Database } from '../../src/postgres/database.js';
import { readAnew } from '../../src/postgres/log-history.js';
import { PostgresLogSource } from '../../src/postgres/log-source.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { startReplicas } from './replicas.js';

const count = 5_000;

/** A log of events whose revocations all matter. */
async function longLog(): Promise<string> {
  const { createDatabase, query } = await sharedPostgres();
  const url = await createDatabase();
  await query(
    url,
    `insert into fusionauth_sessions.event (position, type, user_id, session_id, reason, occurred_at, recorded_at,
      issued_before, refuse_until)
    select n, 'SESSION_REVOKED', gen_random_uuid(), gen_random_uuid(), 'OTHER', now(), now(), now(),
      now() + interval '1 hour' from generate_series(1, $1::int) n`,
    [count],
  );
  await query(url, 'update fusionauth_sessions.log_head set position = $1', [count]);
  return url;
}

it('a replica reads no more of a long log into its memory than it may remember, and says that in few lines', async () => {
  const databaseUrl = await longLog();
  const env = { MAX_REMEMBERED_REVOCATIONS: '100' };
  await using replicas = await startReplicas({ databaseUrl, count: 1, env });
  const lines = replicas.first.startLogs.filter(({ msg }) => /the oldest are forgotten/.test(String(msg)));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(20);

  const { maxRememberedEvents, ...options } = postgresOptions(databaseUrl);
  const database = new Database({ ...options, onAvailability: () => undefined });
  let forgotten = 0;
  const createMemory = () =>
    new InProcessRevocationMemory({
      maxEntries: 100,
      endingMaxAgeMs: 60_000,
      clock: systemClock,
      positionOf: () => null,
      onForgotten: () => forgotten++,
    });
  const source = new PostgresLogSource({ database, maxRememberedEvents, now: () => Date.now() });
  const { remembered } = await readAnew(source, createMemory, 0);
  await database.close();
  expect(forgotten).toBe(count - 100);
  expect(remembered.map(({ position }) => position)).toEqual(
    Array.from({ length: maxRememberedEvents }, (_, index) => count - maxRememberedEvents + 1 + index),
  );
});
