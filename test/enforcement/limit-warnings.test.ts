import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { enforceSessionLimit, type LimitInput } from './support/operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

describe('the warning NO_SHARED_LOCK', () => {
  it.each<[string, (sessionId: string) => Partial<LimitInput>]>([
    ['END_LEAST_RECENTLY_USED', () => ({ overflow: 'END_LEAST_RECENTLY_USED' })],
    ['KEEP_REQUESTED', (id) => ({ onNewerSession: 'KEEP_REQUESTED', keepSessionIds: [id] })],
  ])('is given under %s, which needs turns', async (_rule, rule) => {
    const alice = service.user({ sessions: 2 });
    const extra = rule(alice.sessions[0]?.id ?? '');
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, ...extra });
    expect(payload.outcome).toBe('ENFORCED');
    expect(codesOf(payload.warnings)).toContain('NO_SHARED_LOCK');
  });

  it.each<[string, (sessionId: string) => Partial<LimitInput>]>([
    ['END_OLDEST', () => ({})],
    ['END_OLDEST with KEEP_NEWEST and sessions to keep', (id) => ({ keepSessionIds: [id] })],
    ['END_OLDEST with KEEP_REQUESTED and no sessions to keep', () => ({ onNewerSession: 'KEEP_REQUESTED' })],
    ['dryRun', () => ({ overflow: 'END_LEAST_RECENTLY_USED', dryRun: true })],
  ])('is not given under %s, which needs none', async (_rule, rule) => {
    const alice = service.user({ sessions: 2 });
    const extra = rule(alice.sessions[1]?.id ?? '');
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, ...extra });
    expect(codesOf(payload.warnings)).not.toContain('NO_SHARED_LOCK');
  });
});

describe('the warning SSO_SESSIONS_REMAIN', () => {
  const input = { maxSessions: 1, ssoSessions: 'KEEP_ALL' } as const;

  it('is given when application sessions end and an SSO session was left alone', async () => {
    const alice = service.user({ sessions: 2, ssoSessions: 1 });
    const payload = await enforceSessionLimit(service, { ...input, userId: alice.id });
    expect(codesOf(payload.warnings)).toContain('SSO_SESSIONS_REMAIN');
  });

  it('is given when applicationId narrows the call, for SSO sessions are left alone then', async () => {
    const alice = service.user({ sessions: 2, ssoSessions: 2 });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      applicationId: service.shop.id,
    });
    expect(codesOf(payload.warnings)).toContain('SSO_SESSIONS_REMAIN');
    expect(alice.liveIds()).toHaveLength(3);
  });

  it.each<[string, { sessions: number; ssoSessions: number }, Partial<LimitInput>]>([
    ['there is no SSO session', { sessions: 2, ssoSessions: 0 }, {}],
    ['no session ended', { sessions: 1, ssoSessions: 1 }, {}],
    ['all SSO sessions ended too', { sessions: 2, ssoSessions: 2 }, { ssoSessions: 'REVOKE_ALL' }],
  ])('is not given when %s', async (_case, sessions, extra) => {
    const alice = service.user(sessions);
    const payload = await enforceSessionLimit(service, { ...input, ...extra, userId: alice.id });
    expect(codesOf(payload.warnings)).not.toContain('SSO_SESSIONS_REMAIN');
  });
});

describe('the warning ACCESS_TOKENS_STILL_VALID', () => {
  it('is given when an application session ends', async () => {
    const alice = service.user({ sessions: 2 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1 });
    expect(codesOf(payload.warnings)).toEqual(['ACCESS_TOKENS_STILL_VALID']);
  });

  it('is not given when only SSO sessions end, for which no access tokens are issued', async () => {
    const alice = service.user({ ssoSessions: 2 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1 });
    expect(payload).toMatchObject({ revokedCount: 1, warnings: [], accessTokensExpireBy: null });
    expect(payload.revokedSessions).toMatchObject([{ applicationId: null, accessTokensExpireBy: null }]);
  });
});

describe('the warning LISTING_TRUNCATED', () => {
  it('is given, with PARTIAL, when sessions that do not count may hide some that do', async () => {
    const alice = service.user();
    const now = service.emulator.clock.now();
    const hidden = alice.addSession({ insertInstant: now - 7_200_000 }).id;
    for (let index = 0; index < 1_000; index++) {
      alice.addSession({ applicationId: service.console.id, insertInstant: now - index });
    }
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      applicationId: service.shop.id,
    });
    expect(payload).toMatchObject({ outcome: 'PARTIAL', revokedCount: 0, warnings: [{ code: 'LISTING_TRUNCATED' }] });
    expect(alice.liveIds()).toContain(hidden);
  });

  it('is not given, nor PARTIAL, when rounds of listing and ending reach the last session', async () => {
    const alice = service.user({ sessions: 1_150 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 3 });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1_147 });
    expect(codesOf(payload.warnings)).toEqual(['ACCESS_TOKENS_STILL_VALID']);
    expect(alice.liveIds()).toEqual(idsOf(alice.sessions.slice(-3).reverse()));
  });
});
