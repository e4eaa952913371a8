import { beforeAll, expect, it } from 'vitest';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { startReplicas } from './replicas.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

async function databaseWith(settings: Readonly<Record<string, string>>): Promise<string> {
  const url = await server.createDatabase();
  for (const [setting, value] of Object.entries(settings)) {
    await server.query(url, `alter database ${url.split('/').at(-1)} set ${setting} = '${value}'`);
  }
  return url;
}

it('reads and writes instants whatever style and zone of dates the database has', async () => {
  const databaseUrl = await databaseWith({
    datestyle: 'SQL, DMY',
    timezone: 'Asia/Kolkata',
    intervalstyle: 'sql_standard',
    bytea_output: 'escape',
    standard_conforming_strings: 'off',
  });
  const begunAt = Date.now();
  await using replicas = await startReplicas({ databaseUrl });
  const { first, second } = replicas;
  const id = first.user({ sessions: 1 }).sessions[0]?.id ?? '';
  await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
  const known = 'query ($id: ID!) { endedSession(id: $id) { endedAt } at: revocationsCompleteSince }';
  const knownAt = (service: typeof first) =>
    service.data<{ endedSession: { endedAt: string } | null; at: string }>(known, { id });
  await expect.poll(async () => (await knownAt(second)).endedSession).not.toBeNull();
  const { endedSession, at } = await knownAt(second);
  for (const instant of [endedSession?.endedAt ?? '', at]) {
    expect(Date.parse(instant)).toBeGreaterThanOrEqual(begunAt);
    expect(Date.parse(instant)).toBeLessThanOrEqual(Date.now());
  }
  const history = 'query ($id: ID!) { sessionHistory(filter: { sessionId: $id }) { entries { endedAt } } }';
  expect(await second.data(history, { id })).toEqual({
    sessionHistory: { entries: [{ endedAt: endedSession?.endedAt }] },
  });
});
