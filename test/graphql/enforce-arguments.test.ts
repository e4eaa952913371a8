import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enforceSingleSession, idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

const deletions = () => service.emulator.calls.count({ method: 'DELETE' });

describe('keepSessionId', () => {
  it('that is the newest session stays', async () => {
    const alice = service.user({ sessions: 3 });
    const newest = idsOf(alice.sessions)[2] ?? '';
    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId: newest.toUpperCase() });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: newest } });
  });

  it('that is older than another is superseded: the newest stays and it ends', async () => {
    const alice = service.user({ sessions: 3 });
    const [oldest = '', , newest] = idsOf(alice.sessions);
    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId: oldest });
    expect(payload).toMatchObject({ outcome: 'SUPERSEDED', keptSession: { id: newest }, revokedCount: 2 });
    expect(alice.liveIds()).toEqual([newest]);
  });

  it.each<[string, (alice: TestUser) => string]>([
    ['is unknown', () => 'c0000000-0000-4000-8000-00000000ffff'],
    [
      'has ended',
      (alice) => {
        const { id } = alice.addSession();
        service.emulator.store.sessions.delete(id);
        return id;
      },
    ],
    [
      'has expired',
      (alice) => alice.addSession({ insertInstant: service.emulator.clock.now() - 31 * 24 * 3_600_000 }).id,
    ],
    ['is of another user', () => service.user().addSession().id],
  ])('that %s revokes nothing, in the same words', async (_what, choose) => {
    const alice = service.user({ sessions: 2 });
    const keepSessionId = choose(alice);
    const before = deletions();
    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId });
    expect(payload).toMatchObject({
      outcome: null,
      keptSession: null,
      keptSessions: [],
      revokedCount: 0,
      userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE', field: ['keepSessionId'] }],
    });
    expect(alice.liveIds()).toHaveLength(2);
    expect(deletions()).toBe(before);
  });

  it.each([1, 2])('that is missing from %i lists of a replica that lags behind stays', async (times) => {
    const alice = service.user({ sessions: 2 });
    const login = await alice.login();
    const map = (body: unknown) => {
      const { refreshTokens } = body as { refreshTokens: { id: string }[] };
      return { refreshTokens: refreshTokens.filter(({ id }) => id !== login.refreshTokenId) };
    };
    service.emulator.faults.add({ path: '/api/jwt/refresh', times, fault: { kind: 'mapBody', map } });
    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId: login.refreshTokenId });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: login.refreshTokenId }, revokedCount: 2 });
    expect(alice.liveIds()).toEqual([login.refreshTokenId]);
    service.emulator.faults.clear();
  });

  it.each([
    ['an SSO session', { ssoSessions: 1 }],
    ['of an application the call is not about', {}],
  ])('that is %s contradicts the limit, and nothing is revoked', async (_what, options) => {
    const alice = service.user({ sessions: 2, ...options });
    const keepSessionId = alice.ssoSessions[0]?.id ?? alice.addSession({ applicationId: service.console.id }).id;
    const payload = await enforceSingleSession(service, {
      userId: alice.id,
      keepSessionId,
      applicationId: service.shop.id,
    });
    expect(payload).toMatchObject({
      outcome: null,
      userErrors: [{ code: 'INVALID_ARGUMENT', field: ['keepSessionId'] }],
    });
    expect(alice.liveIds()).toHaveLength(3);
  });
});

describe('dryRun', () => {
  it('tells what would be ended, and ends nothing', async () => {
    const alice = service.user({ sessions: 3, ssoSessions: 2 });
    const before = deletions();
    const payload = await enforceSingleSession(service, { userId: alice.id, dryRun: true });
    expect(payload).toMatchObject({ outcome: 'WOULD_ENFORCE', revokedCount: 3 });
    expect(payload.keptSession?.id).toBe(alice.sessions[2]?.id);
    expect(alice.liveIds()).toHaveLength(5);
    expect(deletions()).toBe(before);
    expect(
      service.logs.filter(({ msg, audit }) => msg === 'audit' && JSON.stringify(audit).includes(alice.id)),
    ).toEqual([]);
  });

  it('tells that nothing would be ended', async () => {
    const alice = service.user({ sessions: 1 });
    const payload = await enforceSingleSession(service, { userId: alice.id, dryRun: true });
    expect(payload).toMatchObject({ outcome: 'WITHIN_LIMIT', revokedCount: 0 });
  });
});

describe('an unusable argument', () => {
  const valid = '00000000-0000-0000-0000-111111111111';

  it.each([
    ['userId', { userId: 'alice' }],
    ['keepSessionId', { userId: valid, keepSessionId: '1' }],
    ['applicationId', { userId: valid, applicationId: 'shop' }],
    ['comment', { userId: valid, comment: 'x'.repeat(513) }],
  ])('(%s) is refused by name and FusionAuth is asked nothing', async (argument, variables) => {
    service.emulator.calls.clear();
    const { body } = await queryEnforceSingleSession(service, variables);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: [argument] } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('is not a comment of 512 characters', async () => {
    const { body } = await queryEnforceSingleSession(service, { userId: valid, comment: 'x'.repeat(512) });
    expect(body.errors).toBeUndefined();
  });

  it.each([
    ['scope', { userId: valid, scope: 'PLANET' }],
    ['ssoSessions', { userId: valid, ssoSessions: 'SOME' }],
    ['reason', { userId: valid, reason: 'BECAUSE' }],
  ])('(%s) with an unknown value is refused', async (_argument, variables) => {
    const { status, body } = await queryEnforceSingleSession(service, variables);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
