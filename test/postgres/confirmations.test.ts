import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSessionId, parseTenantId, parseUserId } from '../../src/domain/ids.js';
import { PostgresConfirmationTurns } from '../../src/postgres/confirmation-turns.js';
import { Database } from '../../src/postgres/database.js';
import { enforceSingleSession } from '../support/enforcement.js';
import { sharedPostgres } from '../support/postgres.js';
import type { TestService } from '../support/service.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import type { TestUser } from '../support/users.js';
import { type Replicas, startReplicas } from './replicas.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** Two replicas; the way of both to the database can be cut. */
let replicas: Replicas;
let proxy: TcpProxy;
let database: Database;

beforeAll(async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  proxy = await startTcpProxy(Number(new URL(databaseUrl).port));
  const throughProxy = new URL(databaseUrl);
  throughProxy.port = `${proxy.port}`;
  const env = { DATABASE_OUTAGE_TOLERANCE_SECONDS: '60', CONFIRMATIONS_PER_SECOND: '1000' };
  replicas = await startReplicas({ databaseUrl: throughProxy.href, env, mayFail: true });
  database = new Database({
    url: databaseUrl,
    tls: 'off',
    schema: 'fusionauth_sessions',
    poolSize: 2,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    onAvailability: () => undefined,
  });
  await knowTheirGaps();
});

/** Since when nothing is missing moves when replicas begin, and what was confirmed before is asked again then. */
async function knowTheirGaps(): Promise<void> {
  await vi.waitFor(async () => {
    const settled = await database.query('select from $schema.attendance where is_settled');
    expect(settled).toHaveLength(replicas.all.length);
  }, 45_000);
  for (const service of replicas.all) {
    // Whoever publishes has read the log up to there, and says so by its answers.
    await enforceSingleSession(service, { userId: service.user({ sessions: 2 }).id });
    await service.data('{ revocations { sessionId } }');
  }
}

beforeEach(() => replicas.first.emulator.calls.clear());

afterAll(async () => {
  await database.close();
  await replicas[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

interface Confirmation {
  readonly sessionId: string;
  readonly status: string;
}

/** Asks until FusionAuth has been asked, however busy the machine is. */
async function ask(service: TestService, users: readonly TestUser[], maxAgeSeconds = 150): Promise<readonly string[]> {
  const pairs = users.flatMap((user) => user.sessions.map(({ id }) => [id, user.id] as const));
  const { liveSessions } = await service.data<{ liveSessions: readonly Confirmation[] }>(
    'query ($ids: [ID!]!, $userIds: [ID!], $age: Int!) { liveSessions(ids: $ids, userIds: $userIds, maxAgeSeconds: $age) { sessionId status } }',
    { ids: pairs.map(([id]) => id), userIds: pairs.map(([, id]) => id), age: maxAgeSeconds },
  );
  const statuses = liveSessions.map(({ status }) => status);
  return statuses.includes('PENDING') ? ask(service, users, maxAgeSeconds) : statuses;
}

/** Lists of sessions that FusionAuth was asked for. */
const lists = () => replicas.first.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh' });
const lookUps = () => replicas.first.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh/*' });

const everyone = (count: number) => Array.from({ length: count }, () => replicas.first.user({ sessions: 2 }));

describe('two replicas', () => {
  it('ask FusionAuth once about each user, however many guards ask at both at the same time', async () => {
    const users = everyone(20);
    const answers = await Promise.all([1, 2, 3].flatMap(() => replicas.all.map((service) => ask(service, users))));
    for (const answer of answers) expect(answer).toEqual(answer.map(() => 'LIVES'));
    expect([lists(), lookUps()]).toEqual([20, 0]);
  });

  it('take what the other was told lately, and ask again for what is newer', async () => {
    const [alice] = everyone(1) as [TestUser];
    expect(await ask(replicas.first, [alice])).toEqual(['LIVES', 'LIVES']);
    expect(await ask(replicas.second, [alice])).toEqual(['LIVES', 'LIVES']);
    expect([lists(), lookUps()]).toEqual([1, 0]);
    const later = alice.addSession();
    expect(await ask(replicas.second, [{ ...alice, sessions: [later] }])).toEqual(['LIVES']);
    expect([lists(), lookUps()]).toEqual([1, 1]);
  });

  it('find a session ended that ended before either asked, and one whose user was deactivated', async () => {
    const [alice, bob] = everyone(2) as [TestUser, TestUser];
    const { store } = replicas.first.emulator;
    store.sessions.delete(alice.sessions[0]?.id ?? '');
    const user = store.users.get(bob.id);
    if (user !== undefined) user.active = false;
    const expected = ['ENDED', 'LIVES', 'ENDED', 'ENDED'];
    expect(await ask(replicas.first, [alice, bob])).toEqual(expected);
    expect(await ask(replicas.second, [alice, bob])).toEqual(expected);
    expect(lists()).toBe(2);
  });

  it('ask again when what the other was told is too old', async () => {
    const users = everyone(3);
    await ask(replicas.first, users);
    expect(lists()).toBe(3);
    // Nobody waits until the answers are written.
    await expect.poll(() => database.query('select from $schema.confirmation where confirmed_at is null')).toEqual([]);
    await database.query(`update $schema.confirmation set confirmed_at = confirmed_at - interval '200 seconds'`);
    await ask(replicas.second, users, 150);
    expect(lists()).toBe(6);
  });

  it('go on when the one that took a turn failed', async () => {
    const users = everyone(2);
    const rule = replicas.first.emulator.faults.add({
      path: '/api/jwt/refresh',
      fault: { kind: 'status', status: 401 },
    });
    expect(await ask(replicas.first, users)).toEqual(Array(4).fill('FAILED'));
    rule.remove();
    expect(await ask(replicas.second, users)).toEqual(Array(4).fill('LIVES'));
  });

  it('ask each for itself while the database is away', async () => {
    const users = everyone(5);
    proxy.set('closed');
    for (const service of replicas.all) expect(await ask(service, users)).toEqual(Array(10).fill('LIVES'));
    expect(lists()).toBe(10);
    proxy.set('open');
  });
});

describe('turns', () => {
  const tenantId = parseTenantId(randomUUID()) ?? null;
  const question = (maxAgeMs = 1_000) => {
    const userId = parseUserId(randomUUID());
    if (userId === undefined) throw new TypeError('No id');
    return { tenantId, userId, maxAgeMs };
  };
  const sessionId = parseSessionId(randomUUID());

  it('go to one of those who ask at once; the others wait, and then know', async () => {
    const turns = new PostgresConfirmationTurns(database);
    const questions = Array.from({ length: 30 }, () => question(60_000));
    const taken = await Promise.all([turns.take(questions), turns.take(questions.toReversed()), turns.take(questions)]);
    const all = taken.flat();
    expect(all.filter(({ kind }) => kind === 'ask')).toHaveLength(30);
    expect(all.filter(({ kind }) => kind === 'wait')).toHaveLength(60);
    const sessions = sessionId === undefined ? [] : [{ id: sessionId, applicationId: null }];
    await Promise.all(all.map((turn) => (turn.kind === 'ask' ? turns.say(turn, { isActive: true, sessions }) : null)));
    const known = await turns.take(questions);
    for (const turn of known) expect(turn).toMatchObject({ kind: 'known', answer: { isActive: true, sessions } });
  });

  it('that are given back without an answer go to the next one', async () => {
    const turns = new PostgresConfirmationTurns(database);
    const one = question();
    const [first] = await turns.take([one]);
    expect((await turns.take([one]))[0]?.kind).toBe('wait');
    if (first?.kind === 'ask') await turns.say(first, null);
    expect((await turns.take([one]))[0]?.kind).toBe('ask');
  });

  it('of a process that was killed end by themselves, and it cannot speak any more', async () => {
    const turns = new PostgresConfirmationTurns(database);
    const one = question(60_000);
    const [killed] = await turns.take([one]);
    await database.query(`update $schema.confirmation set taken_until = now() - interval '1 second'`);
    const [next] = await turns.take([one]);
    expect([killed?.kind, next?.kind]).toEqual(['ask', 'ask']);
    if (killed?.kind === 'ask') await turns.say(killed, { isActive: false, sessions: [] });
    expect((await turns.take([one]))[0]?.kind).toBe('wait');
  });

  it('count an answer from when its turn was taken, so that no time on the way is forgotten', async () => {
    const turns = new PostgresConfirmationTurns(database);
    const one = question(60_000);
    const [turn] = await turns.take([one]);
    await database.query(`update $schema.confirmation set taken_at = taken_at - interval '30 seconds'`);
    if (turn?.kind === 'ask') await turns.say(turn, { isActive: true, sessions: [] });
    const [known] = await turns.take([one]);
    expect(known?.kind === 'known' && known.ageMs).toBeGreaterThanOrEqual(30_000);
    expect((await turns.take([{ ...one, maxAgeMs: 10_000 }]))[0]?.kind).toBe('ask');
  });
});
