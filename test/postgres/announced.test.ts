import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { sendEventsTo } from '../../src/emulator/send-events.js';
import { Database } from '../../src/postgres/database.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { codesOf, enforceSingleSession } from '../support/enforcement.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { StoppableTime } from '../support/stoppable-time.js';
import { subscribe } from '../support/subscription.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { holdPublications } from './hold-publications.js';

vi.setConfig({ testTimeout: 60_000 });

/** One replica whose connections to the database are cut, and one that takes FusionAuth's reports. */
let proxy: TcpProxy;
let cut: TestService;
let other: TestService;
let databaseUrl: string;
/** What happens to the next statements that announce a revocation, or look whether the database is there. */
let cuts: ('before' | 'after' | 'lost')[] = [];
/** Whether what the replica itself says of an ending is lost: FusionAuth's report comes first then. */
let losesPublications = false;
let proxiedUrl: string;
/** Of the replica that is cut. */
const time = new StoppableTime();

/** What was asked of the database since it was emptied, but for what is asked again and again. */
let asked: string[] = [];

function cutAt(chunk: Buffer): 'before' | 'after' | 'lost' | null {
  const statement = /\b(select|insert|update|delete|with|begin|set)\b[^\0]*/i.exec(chunk.toString('latin1'))?.[0] ?? '';
  if (
    statement !== '' &&
    !/log_head h|read_after_1|attendance|migration|listen|looks = looks|policy_jobs/.test(statement)
  )
    asked.push(statement);
  if (losesPublications && chunk.includes('publish_2')) return 'before';
  const isConcerned = chunk.includes('claim_1') || chunk.includes('select 1\0');
  return isConcerned ? (cuts.shift() ?? null) : null;
}

/** @param statementTimeoutMs How long a test waits where the database does not answer. */
async function start(statementTimeoutMs: number): Promise<void> {
  cuts = [];
  losesPublications = false;
  time.letPass();
  databaseUrl = await (await sharedPostgres()).createDatabase();
  proxy = await startTcpProxy(Number(new URL(databaseUrl).port), { cutAt });
  const proxied = new URL(databaseUrl);
  proxied.port = String(proxy.port);
  proxiedUrl = proxied.href;
  const env = { ...shopTokens, WEBHOOK_SIGNATURE: 'jwks', DATABASE_STATEMENT_TIMEOUT_MS: String(statementTimeoutMs) };
  cut = await startTestService({
    shopId,
    env: { ...env, DATABASE_URL: proxiedUrl },
    elapsedMs: time.elapsedMs,
  });
  other = await startTestService({ beside: cut, env: { ...env, DATABASE_URL: databaseUrl } });
  sendEventsTo(cut.emulator, `${other.url}/webhooks/fusionauth`, 'None');
}

async function stop(): Promise<void> {
  await other[Symbol.asyncDispose]();
  await cut[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
}

beforeEach(() => start(2_000));
afterEach(stop);

/** What is recorded of how the sessions of a user ended. */
async function recordedOf(userId: string): Promise<readonly Recorded[]> {
  const { rows } = await (await sharedPostgres()).query(
    databaseUrl,
    `select session_id, reason, actor_kind, comment, outcome, replaced_by_session_id from fusionauth_sessions.ending
      where user_id = $1 order by session_id`,
    [userId],
  );
  return rows;
}

interface Recorded {
  readonly session_id: string;
  readonly reason: string;
  readonly actor_kind: string | null;
}

/** What `enforceSingleSession` with the comment `one seat` leaves on record. */
const oneSeat = (endedIds: readonly string[], stays = '') =>
  [...endedIds].sort().map((session_id) => ({
    session_id,
    reason: 'SINGLE_SESSION_POLICY',
    actor_kind: 'service',
    comment: 'one seat',
    outcome: 'revoked',
    replaced_by_session_id: stays,
  }));

it.each([
  ['the connection is cut before the claim is sent', ['before']],
  ['the connection is cut before the claim is answered', ['after']],
  ['the claim gets lost on its way', ['lost']],
  ['several connections are cut, and found so one after the other', ['before', 'before', 'before', 'after', 'before']],
] as const)('announces what it ends before it sends the revocation where %s', async (_where, howOften) => {
  const { id: userId, sessions } = cut.user({ sessions: 3 });
  const [oldest = '', older = '', newest = ''] = sessions.map(({ id }) => id);
  cuts = [...howOften];
  losesPublications = true;
  time.stop();
  const { revokedCount } = await enforceSingleSession(cut, { userId, comment: 'one seat' });
  expect({ revokedCount, cuts }).toEqual({ revokedCount: 2, cuts: [] });
  await expect.poll(() => recordedOf(userId)).toEqual(oneSeat([oldest, older], newest));
});

/** Keeps an announcement waiting, until the statement takes too long. */
async function holdClaimsOf(userId: string): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [`claims ${userId}`]);
  return holder;
}

it.each(['is away', 'does not answer', 'takes too long to take it'] as const)(
  'makes up for what it could not announce because the database %s, although FusionAuth has reported it to another replica first',
  async (trouble) => {
    await using events = await subscribe(other, other.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
    const { id: userId, sessions } = cut.user({ sessions: 2 });
    const [older = '', newer = ''] = sessions.map(({ id }) => id);
    losesPublications = true;
    const holder = trouble === 'takes too long to take it' ? await holdClaimsOf(userId) : null;
    if (holder === null) proxy.set(trouble === 'is away' ? 'closed' : 'frozen');
    const enforced = await enforceSingleSession(cut, { userId, comment: 'one seat' });
    expect([enforced.revokedCount, codesOf(enforced.warnings)]).toEqual([
      1,
      ['ACCESS_TOKENS_STILL_VALID', 'NOT_PUBLISHED_YET'],
    ]);
    // Nobody waits with what guards have to refuse.
    expect(await events.nextEvent()).toMatchObject({ sessionId: older, reason: 'OTHER' });
    expect(await recordedOf(userId)).toMatchObject([{ session_id: older, reason: 'OTHER', actor_kind: null }]);
    await holder?.end();
    proxy.set('open');
    losesPublications = false;
    await expect.poll(() => recordedOf(userId)).toEqual(oneSeat([older], newer));
    const ended = 'query ($id: ID!) { endedSession(id: $id) { reason comment actor { name } } }';
    for (const service of [cut, other]) {
      const { endedSession } = await service.data<{ endedSession: unknown }>(ended, { id: older });
      expect(endedSession).toMatchObject({ reason: 'SINGLE_SESSION_POLICY', comment: 'one seat' });
    }
  },
);

it('asks the database once before the first revocation of an enforcement by creation, and only publishes after that', async () => {
  const { id: userId } = cut.user({ sessions: 6 });
  await enforceSingleSession(cut, { userId: cut.user({ sessions: 2 }).id });
  asked = [];
  const { revokedCount } = await enforceSingleSession(cut, { userId });
  expect(revokedCount).toBe(5);
  const claims = asked.filter((statement) => statement.includes('claim_1'));
  const publications = asked.filter((statement) => statement.includes('publish_2'));
  expect(claims).toHaveLength(1);
  expect(asked[0]).toContain('claim_1');
  // What has ended while the first batch is under way goes with the next one.
  expect(publications.length).toBeLessThanOrEqual(5);
  expect(asked.filter((statement) => !/claim_1|publish_2/.test(statement))).toEqual([]);
});

it('does not let an answer wait for the record of what is announced, and whoever asks the same replica finds it', async () => {
  await stop();
  // On a busy machine, the record waits for a while.
  await start(30_000);
  const user = cut.user();
  const [older, newer] = [await user.login(), await user.login()];
  time.stop();
  const holder = await holdPublications(databaseUrl);
  const enforced = await enforceSingleSession(cut, { userId: user.id, comment: 'one seat' });
  expect([enforced.revokedCount, codesOf(enforced.warnings)]).toEqual([1, ['ACCESS_TOKENS_STILL_VALID']]);
  expect(await recordedOf(user.id)).toEqual([]);
  const mayAsk = async (service: TestService, key: string) =>
    (await service.query('{ viewer { name } }', {}, { key })).status;
  expect([await mayAsk(cut, older.token), await mayAsk(cut, newer.token)]).toEqual([401, 200]);
  const asking = Promise.all([
    cut.data('query ($id: ID!) { endedSession(id: $id) { reason comment } }', { id: older.refreshTokenId }),
    cut.data('{ revocations { sessionId } }'),
    cut.data('query ($id: ID!) { sessionHistory(filter: { userId: $id }) { entries { reason } } }', {
      id: user.id,
    }),
  ]);
  await holder.end();
  expect(await asking).toEqual([
    { endedSession: { reason: 'SINGLE_SESSION_POLICY', comment: 'one seat' } },
    { revocations: [{ sessionId: older.refreshTokenId }] },
    { sessionHistory: { entries: [{ reason: 'SINGLE_SESSION_POLICY' }] } },
  ]);
  await expect.poll(() => mayAsk(other, older.token)).toBe(401);
});

it('waits with an announcement for a database that is away for a short time, and not for one that is away for longer', async () => {
  const seen: boolean[] = [];
  const database = new Database({
    url: proxiedUrl,
    tls: 'off',
    schema: 'public',
    poolSize: 3,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    onAvailability: (isAvailable) => seen.push(isAvailable),
  });
  const one = 'select 1 as one';
  await database.query(one);
  proxy.set('closed');
  const waiting = database.queryAgain(one, [], 600_000);
  await expect.poll(() => seen).toEqual([false]);
  await expect(database.queryAgain(one, [], 0)).rejects.toThrow();
  proxy.set('open');
  await database.probe(one);
  database.found(true);
  expect(await waiting).toEqual([{ one: 1 }]);
  await database.close();
});
