import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUserId } from '../../src/domain/ids.js';
import { systemClock } from '../../src/domain/ports/clock.js';
import { Database } from '../../src/postgres/database.js';
import { continueErasures, eraseUser } from '../../src/postgres/erasure.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { subscribe } from '../support/subscription.js';
import { type Replicas, startReplicas } from './replicas.js';

let dist: string;
let replicas: Replicas;
beforeAll(async () => {
  dist = await buildService();
  replicas = await startReplicas();
}, buildTimeoutMs);
afterAll(() => replicas[Symbol.asyncDispose]());

const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id, comment: "left") { outcome } }';
const historyOf = 'query ($userId: ID!) { sessionHistory(filter: { userId: $userId }) { entries { sessionId } } }';

/** Every row of every table in which an id occurs. */
async function rowsWith(text: string): Promise<readonly string[]> {
  const server = await sharedPostgres();
  const query = (sql: string) => server.query(replicas.databaseUrl, sql);
  const { rows: tables } = await query(`select tablename from pg_tables where schemaname = 'fusionauth_sessions'`);
  const found: string[] = [];
  for (const { tablename } of tables as { tablename: string }[]) {
    const { rows } = await query(`select 1 from fusionauth_sessions.${tablename} t where t::text like '%${text}%'`);
    found.push(...rows.map(() => tablename));
  }
  return found;
}

const userIdOf = (text: string) => {
  const id = parseUserId(text);
  if (id === undefined) throw new TypeError('No id');
  return id;
};

describe('erasing a user', () => {
  it('keeps what access tokens still depend on, and leaves no trace at any replica once they have expired', async () => {
    const { first, second, databaseUrl } = replicas;
    const user = first.user({ sessions: 1 });
    user.addSession({ device: { name: 'Phone of the erased' } });
    const other = first.user({ sessions: 1 });
    const confirm = 'query ($ids: [ID!]!, $userIds: [ID!]) { liveSessions(ids: $ids, userIds: $userIds) { status } }';
    const ids = user.sessions.map(({ id }) => id);
    await first.data(confirm, { ids, userIds: ids.map(() => user.id) });
    for (const { id } of [...user.sessions, ...other.sessions]) await first.data(revoke, { id });
    const options = postgresOptions(databaseUrl);
    const events = await subscribe(second, second.key(['event:subscribe']));

    const now = systemClock.now();
    const kept = await eraseUser(options, userIdOf(user.id), now);
    expect(kept.needed).toBeGreaterThan(0);
    expect(await second.data('{ revocations { userId } }')).toMatchObject({
      revocations: expect.arrayContaining([{ userId: user.id }]),
    });

    const later = now + 48 * 3_600_000;
    const database = new Database({ ...options, onAvailability: () => undefined });
    await continueErasures(database, later);
    await database.close();
    expect(await rowsWith(user.id)).toEqual([]);
    for (const { id } of user.sessions) expect(await rowsWith(id)).toEqual([]);
    expect(await first.data(historyOf, { userId: user.id })).toEqual({ sessionHistory: { entries: [] } });
    expect(await second.data(historyOf, { userId: other.id })).toMatchObject({
      sessionHistory: { entries: [{ sessionId: other.sessions[0]?.id }] },
    });
    // Whoever follows goes on, and a replica remembers nothing of the user once it has read that.
    const next = second.user({ sessions: 1 });
    await first.data(revoke, { id: next.sessions[0]?.id });
    // The other replica may still have had events to read from before the subscription.
    const received = async () => ((await events.next()) as { data: { sessionEvents: { userId: string } } }).data;
    let { sessionEvents } = await received();
    while ([user.id, other.id].includes(sessionEvents.userId)) ({ sessionEvents } = await received());
    expect(sessionEvents.userId).toBe(next.id);
    for (const service of [first, second]) {
      const { revocations } = await service.data<{ revocations: { userId: string }[] }>('{ revocations { userId } }');
      expect(revocations.map(({ userId }) => userId)).not.toContain(user.id);
    }
  });
});

describe('the erase-user command', () => {
  const run = (env: Record<string, string>, ...args: readonly string[]) =>
    new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [`${dist}/main.js`, 'erase-user', ...args],
        { env },
        (_error, stdout, stderr) => resolve({ exitCode: child.exitCode, stdout, stderr }),
      );
    });

  it('erases more than one statement may, bit by bit, and tells replicas once', async () => {
    const server = await sharedPostgres();
    const url = await server.createDatabase();
    const userId = userIdOf('3c219e58-ed0e-4b18-ad48-f4f92793ae32');
    const count = 12_000;
    await server.query(
      url,
      `insert into fusionauth_sessions.event (position, type, user_id, session_id, occurred_at, recorded_at)
      select n, 'SESSION_REVOKED', $1, gen_random_uuid(), now(), now() from generate_series(1, $2::int) n`,
      [userId, count],
    );
    await server.query(
      url,
      `insert into fusionauth_sessions.ending (session_id, user_id, ended_at, reason, tokens_expire_by, by_choice, position,
        recorded_at, actor_kind, actor_user_id, actor_name, request_id, history_number)
      select gen_random_uuid(), case when n % 2 = 0 then $1::uuid else gen_random_uuid() end, now(), 'OTHER',
        now() - interval '1 hour', false, n, now(), 'user', $1, 'ann', 'request', n from generate_series(1, $2::int) n`,
      [userId, count],
    );
    const database = new Database({ ...postgresOptions(url), onAvailability: () => undefined });
    const erasures = async () =>
      (await server.query(url, 'select erasures::int from fusionauth_sessions.log_head')).rows[0].erasures;
    // What a command leaves that is killed, a running service goes on with.
    await server.query(url, 'select fusionauth_sessions.erase_user_2($1, now(), 100)', [userId]);
    expect(await erasures()).toBe(0);
    await continueErasures(database, systemClock.now());
    expect(await erasures()).toBe(1);
    for (const table of ['event', 'ending', 'erasure']) {
      const left = `select 1 from fusionauth_sessions.${table} t where t::text like '%${userId}%' limit 1`;
      expect((await server.query(url, left)).rows).toEqual([]);
    }
    await database.close();
  });

  it('says what was erased, and what stays until when', async () => {
    const { first, databaseUrl } = replicas;
    const user = first.user({ sessions: 1 });
    await first.data(revoke, { id: user.sessions[0]?.id });
    const { exitCode, stdout, stderr } = await run({ DATABASE_URL: databaseUrl }, user.id);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Erased: 0 entries .*\nKept until .* at the latest 20\d\d-\S+Z: 2 records/);
    const stranger = first.user();
    expect((await run({ DATABASE_URL: databaseUrl }, stranger.id)).stdout).toMatch(
      /^Erased: 0 entries of the history; 0/,
    );
  });

  it('reads the URL of the database from the file that stands for it', async () => {
    const { first, databaseUrl } = replicas;
    const folder = await mkdtemp(join(tmpdir(), 'database-url-'));
    try {
      const file = join(folder, 'url');
      await writeFile(file, `${databaseUrl}\n`);
      const { exitCode, stdout, stderr } = await run({ DATABASE_URL_FILE: file }, first.user().id);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^Erased: 0 entries/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['no user', [], {}, /^Missing: USER\n\nUsage/],
    ['two users', ['ann', 'bob'], {}, /^One USER at a time, not also bob\n\nUsage/],
    ['what is no id', ['ann'], {}, /^USER: must be a UUID/],
    ['no database', ['3c219e58-ed0e-4b18-ad48-f4f92793ae32'], {}, /^DATABASE_URL: is not set/],
    [
      'no database, and no key of a service, in production',
      ['3c219e58-ed0e-4b18-ad48-f4f92793ae32'],
      { NODE_ENV: 'production' },
      /^DATABASE_URL: is not set/,
    ],
    [
      'a database that does not answer, without its password',
      ['3c219e58-ed0e-4b18-ad48-f4f92793ae32'],
      { DATABASE_URL: 'postgres://a:hidden@127.0.0.1:1/b' },
      /^The user was not erased, or only in part: DATABASE_URL \(127\.0\.0\.1:1\/b\): nothing listens there\. (?!.*hidden)/,
    ],
    [
      'a file that cannot be read',
      ['3c219e58-ed0e-4b18-ad48-f4f92793ae32'],
      { DATABASE_URL_FILE: '/nowhere' },
      /^DATABASE_URL_FILE: \/nowhere cannot be read \(ENOENT\)$/m,
    ],
  ])('refuses %s', async (_name, args, env, said) => {
    const { exitCode, stdout, stderr } = await run(env, ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(said);
  });
});
