import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { examples } from '../support/webhook-events.js';

interface Confirmation {
  readonly sessionId: string;
  readonly status: string;
  readonly ageMilliseconds: number | null;
}

const document =
  'query ($ids: [ID!]!, $userIds: [ID!], $maxAgeSeconds: Int! = 150) { liveSessions(ids: $ids, userIds: $userIds, maxAgeSeconds: $maxAgeSeconds) { sessionId status ageMilliseconds } }';

const missingId = 'f0000000-0000-4000-8000-00000000000f';
let service: TestService;

beforeEach(async () => {
  const env = { WEBHOOK_HEADER_NAME: 'x-secret', WEBHOOK_HEADER_VALUE: 'the-secret-of-fusionauth' };
  service = await startTestService({ env });
});
afterEach(() => service[Symbol.asyncDispose]());

async function confirm(ids: readonly string[], more: object = {}, of = service): Promise<readonly Confirmation[]> {
  const { liveSessions } = await of.data<{ liveSessions: readonly Confirmation[] }>(document, { ids, ...more });
  expect(liveSessions.map(({ sessionId }) => sessionId)).toEqual(ids);
  return liveSessions;
}

const statuses = async (...args: Parameters<typeof confirm>) => (await confirm(...args)).map(({ status }) => status);
const callsTo = (path: RegExp) => service.emulator.calls.all().filter((call) => path.test(call.path)).length;
const lists = () => callsTo(/^\/api\/jwt\/refresh$/);
const looks = () => callsTo(/^\/api\/jwt\/refresh\/./);

describe('whether sessions live', () => {
  it('is asked once for each user, whoever asks and however often, and told with its age', async () => {
    const [alice, bob] = [service.user({ sessions: 3 }), service.user({ sessions: 2 })];
    const sessions = [...alice.sessions, ...bob.sessions];
    const ids = sessions.map(({ id }) => id);
    const userIds = sessions.map(({ userId }) => userId);
    expect(await statuses(ids, { userIds })).toEqual(Array(5).fill('LIVES'));
    expect(await statuses(ids)).toEqual(Array(5).fill('LIVES'));
    expect([lists(), looks(), callsTo(/user\/search/)]).toEqual([2, 0, 1]);
    for (const { ageMilliseconds } of await confirm(ids)) expect(ageMilliseconds).toBeLessThan(60_000);
  });

  it('is found out without the user, and then by one list', async () => {
    const { sessions } = service.user({ sessions: 2 });
    const ids = sessions.map(({ id }) => id);
    expect(await statuses(ids)).toEqual(['LIVES', 'LIVES']);
    const before = looks();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await statuses(ids, { maxAgeSeconds: 1 })).toEqual(['LIVES', 'LIVES']);
    expect([looks(), lists()]).toEqual([before, 1]);
  });

  it('is denied for what was revoked here at once, and for what FusionAuth does not have after a second look', async () => {
    const { id: userId, sessions } = service.user({ sessions: 2 });
    const [first = missingId, second = missingId] = sessions.map(({ id }) => id);
    expect(await statuses([first, second])).toEqual(['LIVES', 'LIVES']);
    await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: first });
    expect(await statuses([first, second])).toEqual(['ENDED', 'LIVES']);
    service.emulator.calls.clear();
    expect(await statuses([missingId], { userIds: [userId] })).toEqual(['ENDED']);
    expect([lists(), looks()]).toEqual([1, 2]);
  });

  it('is not denied because of one read that lags behind', async () => {
    const { sessions } = service.user({ sessions: 1 });
    service.emulator.faults.add({ path: '/api/jwt/refresh/*', times: 1, fault: { kind: 'status', status: 404 } });
    expect(await statuses(sessions.map(({ id }) => id))).toEqual(['LIVES']);
  });

  it('is denied for sessions of a user who is deactivated, though FusionAuth lists them', async () => {
    const { id, sessions } = service.user({ sessions: 1, active: false });
    const ids = sessions.map((session) => session.id);
    expect(await statuses(ids, { userIds: [id] })).toEqual(['ENDED']);
    expect(await statuses(ids)).toEqual(['ENDED']);
  });

  it('is known for free when a list or a refresh has shown it meanwhile', async () => {
    const { id: userId, sessions } = service.user({ sessions: 1 });
    const ids = sessions.map(({ id }) => id);
    await confirm(ids, { userIds: [userId] });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await service.data('query ($id: ID!) { sessions(userId: $id) { id } }', { id: userId });
    const [known] = await confirm(ids);
    // The list says that it lives; that its user is active was found out a second ago.
    expect(known?.ageMilliseconds).toBeGreaterThan(1_000);
    expect(await statuses(ids, { maxAgeSeconds: 1 })).toEqual(['LIVES']);
  });

  it('is asked anew when revocations may have been missed since', async () => {
    const { id: userId, sessions } = service.user({ sessions: 1 });
    const ids = sessions.map(({ id }) => id);
    await confirm(ids, { userIds: [userId] });
    service.emulator.store.sessions.delete(ids[0] ?? '');
    expect(await statuses(ids)).toEqual(['LIVES']);
    const headers = { 'content-type': 'application/json', 'x-secret': 'the-secret-of-fusionauth' };
    const stale = { ...examples['user revoked'](), createInstant: 'never' };
    const body = JSON.stringify({ event: stale });
    await service.fetch('/webhooks/fusionauth', { method: 'POST', headers, body });
    await expect.poll(() => statuses(ids)).toEqual(['ENDED']);
  });

  it('cannot be told for one user while FusionAuth fails for it, and can for others', async () => {
    const [alice, bob] = [service.user({ sessions: 1 }), service.user({ sessions: 1 })];
    const [a = missingId, b = missingId] = [alice, bob].map(({ sessions }) => sessions[0]?.id);
    const ids = [a, b];
    await confirm([b], { userIds: [bob.id] });
    service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'status', status: 500 } });
    expect(await statuses(ids, { userIds: [alice.id, bob.id] })).toEqual(['FAILED', 'LIVES']);
  });
});

describe('the rate', () => {
  it('leaves what it does not suffice for pending, and gets to it in the end', async () => {
    await using slow = await startTestService({ env: { CONFIRMATIONS_PER_SECOND: '4' } });
    const users = Array.from({ length: 12 }, () => slow.user({ sessions: 1 }));
    const ids = users.flatMap(({ sessions }) => sessions.map(({ id }) => id));
    const userIds = users.map(({ id }) => id);
    const first = await statuses(ids, { userIds }, slow);
    expect(first).toContain('PENDING');
    const lived = (list: readonly string[]) => list.filter((status) => status === 'LIVES').length;
    await expect.poll(async () => lived(await statuses(ids, { userIds }, slow))).toBe(12);
    const listed = slow.emulator.calls.all().filter(({ path }) => path === '/api/jwt/refresh');
    expect(listed).toHaveLength(12);
  });
});

describe('a caller', () => {
  it('of other applications is told of a session as of one that does not exist', async () => {
    const { sessions } = service.user({ sessions: 1 });
    const ids = sessions.map(({ id }) => id);
    await confirm(ids);
    const bound = serviceKeysVariable({ name: 'console', key: 'key-of-console', applicationIds: [missingId] });
    await using other = await startTestService({ beside: service, env: { SERVICE_KEYS: bound } });
    const answer = await other.query<{ liveSessions: readonly Confirmation[] }>(
      document,
      { ids },
      { key: 'key-of-console' },
    );
    expect(answer.body.data?.liveSessions[0]).toMatchObject({ status: 'ENDED', ageMilliseconds: null });
  });

  it('who is a user costs FusionAuth one list of their own sessions, whichever sessions they name', async () => {
    await using own = await startTestService({ shopId, env: { ...shopTokens, RATE_LIMIT_USER_POINTS: '100000' } });
    const [alice, bob] = [own.user({ sessions: 2 }), own.user({ sessions: 1 })];
    const key = await signAsFusionAuth(own.emulator, claimsFor(own.emulator, alice.id));
    const mine = alice.sessions.map(({ id }) => id);
    const others = [...bob.sessions.map(({ id }) => id), ...Array.from({ length: 900 }, () => randomUUID())];
    own.emulator.calls.clear();
    const { body } = await own.query<{ liveSessions: readonly Confirmation[] }>(
      document,
      { ids: [...mine, ...others] },
      { key },
    );
    const found = body.data?.liveSessions.map(({ status }) => status);
    expect(found).toEqual([...mine.map(() => 'LIVES'), ...others.map(() => 'ENDED')]);
    expect(own.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(1);
    expect(own.emulator.calls.count({ path: '/api/jwt/refresh/*' })).toBe(0);

    const { liveSessions } = await own.data<{ liveSessions: readonly Confirmation[] }>(document, {
      ids: others.slice(0, 1),
    });
    expect(liveSessions).toMatchObject([{ status: 'LIVES' }]);
  });

  it.each([
    ['ids', { ids: [] }],
    ['ids', { ids: ['x'] }],
    ['userIds', { ids: [missingId], userIds: [missingId, missingId] }],
    ['maxAgeSeconds', { ids: [missingId], maxAgeSeconds: 0 }],
  ])('who gives wrong %s is told what would be right', async (argument, variables) => {
    const { body } = await service.query(document, variables);
    expect(body.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: expect.stringContaining(argument),
    });
  });

  it('may ask about 1,000 sessions at once', async () => {
    const user = service.user({ sessions: 1 });
    const ids = Array.from({ length: 1_000 }, () => user.sessions[0]?.id ?? missingId);
    expect(new Set(await statuses(ids, { userIds: ids.map(() => user.id) }))).toEqual(new Set(['LIVES']));
    const { body } = await service.query(document, { ids: [...ids, missingId] });
    expect(body.errors?.[0]?.message).toContain('1000');
  });
});
