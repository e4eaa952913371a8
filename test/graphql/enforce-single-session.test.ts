import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enforceSingleSession, idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken, type SignedIn } from '../support/users.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

describe('after three logins', () => {
  it('keeps the newest, whose refresh token works, and ends the others, whose tokens do not', async () => {
    const alice = service.user();
    const logins: SignedIn[] = [];
    for (let count = 0; count < 3; count++) {
      service.emulator.clock.advance(1_000);
      logins.push(await alice.login());
    }
    const newest = logins.at(-1)?.refreshTokenId ?? '';

    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId: newest });

    expect(payload).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: newest }, revokedCount: 2 });
    expect(alice.liveIds()).toEqual([newest]);
    const exchanges = logins.map(({ refreshToken }) => exchangeRefreshToken(service.emulator, refreshToken));
    expect(await Promise.all(exchanges)).toEqual([400, 400, 200]);
  });

  it('keeps the same one as any other reader of the list when they share a millisecond', async () => {
    const alice = service.user();
    const insertInstant = service.emulator.clock.now();
    const greatestId = [alice.addSession({ insertInstant }), alice.addSession({ insertInstant })]
      .map(({ id }) => id)
      .sort()
      .at(-1);
    expect((await enforceSingleSession(service, { userId: alice.id })).keptSession?.id).toBe(greatestId);
  });
});

describe('the answer', () => {
  it('describes what was ended, oldest first, and until when access tokens live on', async () => {
    const alice = service.user({ sessions: 3 });
    const [oldest, middle, newest] = idsOf(alice.sessions);
    const before = service.emulator.clock.now();
    const payload = await enforceSingleSession(service, { userId: alice.id });

    expect(payload).toMatchObject({
      outcome: 'ENFORCED',
      user: { id: alice.id },
      keptSession: { id: newest },
      keptSessions: [{ id: newest }],
      revokedSessions: [
        {
          id: oldest,
          applicationId: service.shop.id,
          reason: 'SINGLE_SESSION_POLICY',
          initiatingEntity: 'POLICY',
          replacedBySessionId: newest,
        },
        { id: middle },
      ],
      revokedCount: 2,
      failures: [],
      userErrors: [],
      warnings: [{ code: 'ACCESS_TOKENS_STILL_VALID' }],
    });
    const endedAt = payload.revokedSessions.map((session) => Date.parse(session.endedAt));
    expect(Math.min(...endedAt)).toBeGreaterThanOrEqual(before);
    const hourLater = endedAt.map((instant) => new Date(instant + 3_600_000).toISOString());
    expect(payload.revokedSessions.map((session) => session.accessTokensExpireBy)).toEqual(hourLater);
    expect(payload.accessTokensExpireBy).toBe(hourLater.sort().at(-1));
  });

  it('does not guess how long access tokens live when the settings cannot be read', async () => {
    await using own = await startTestService({ env: { FUSIONAUTH_MAX_ATTEMPTS: '1' } });
    own.emulator.faults.add({ path: '/api/tenant', fault: { kind: 'status', status: 500 } });
    const alice = own.user({ sessions: 2 });
    const payload = await enforceSingleSession(own, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1, accessTokensExpireBy: null });
  });

  it.each([
    [0, 'NO_SESSIONS'],
    [1, 'WITHIN_LIMIT'],
  ])('for a user with %i sessions is %s and nothing is ended', async (sessions, outcome) => {
    const alice = service.user({ sessions });
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({
      outcome,
      revokedCount: 0,
      warnings: [],
      keptSessions: alice.sessions.map(({ id }) => ({ id })),
    });
    expect(alice.liveIds()).toHaveLength(sessions);
  });

  it('for a user FusionAuth does not know is NO_SESSIONS', async () => {
    const payload = await enforceSingleSession(service, { userId: '00000000-0000-0000-0000-111111111111' });
    expect(payload).toMatchObject({ outcome: 'NO_SESSIONS', user: null, keptSession: null });
  });

  it('is WITHIN_LIMIT when called again', async () => {
    const alice = service.user({ sessions: 3 });
    await enforceSingleSession(service, { userId: alice.id });
    const again = await enforceSingleSession(service, { userId: alice.id });
    expect(again).toMatchObject({ outcome: 'WITHIN_LIMIT', revokedCount: 0 });
  });
});

describe('the audit record', () => {
  it('has a line for each session that ended, with reason, comment, actor and request', async () => {
    const alice = service.user({ sessions: 2 });
    const { headers } = await queryEnforceSingleSession(service, {
      userId: alice.id,
      reason: 'SUSPECTED_COMPROMISE',
      comment: 'Ticket 4711: "odd" device',
    });
    const lines = service.logs.filter(({ msg, audit }) => msg === 'audit' && JSON.stringify(audit).includes(alice.id));
    expect(lines.map(({ audit }) => audit)).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        requestId: headers.get('x-request-id'),
        actor: expect.stringMatching(/^test-/),
        actorKind: 'service',
        clientAddress: '127.0.0.1',
        userId: alice.id,
        sessionId: alice.sessions[0]?.id,
        applicationId: service.shop.id,
        reason: 'SUSPECTED_COMPROMISE',
        comment: 'Ticket 4711: "odd" device',
        outcome: 'revoked',
      },
    ]);
  });
});

it('costs one list, one deletion for each surplus session, and the settings', async () => {
  await using own = await startTestService();
  const alice = own.user({ sessions: 5 });
  await own.data(`mutation { enforceSingleSession(userId: "${alice.id}") { outcome } }`);
  const { calls } = own.emulator;
  expect(calls.count({ method: 'GET', path: '/api/jwt/refresh' })).toBe(1);
  expect(calls.count({ method: 'DELETE', path: '/api/jwt/refresh/:id' })).toBe(4);
  expect(calls.count({ path: '/api/application' }) + calls.count({ path: '/api/tenant' })).toBe(2);
  expect(calls.count()).toBe(7);
});
