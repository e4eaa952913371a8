import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults.js';
import { codesOf, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { revokeSessions } from './support/operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { FUSIONAUTH_MAX_ATTEMPTS: '1' } });
});

afterEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

const minuteMs = 60_000;
const deletions = () => service.emulator.calls.count({ method: 'DELETE' });
const sorted = (ids: readonly string[]) => [...ids].sort();

function failCallsOn(sessionId: string | undefined, method: 'GET' | 'DELETE', fault: Fault): void {
  service.emulator.faults.add({ method, path: `/api/jwt/refresh/${sessionId}`, fault });
}

describe('of a user', () => {
  it('ends every session, SSO sessions included, oldest first', async () => {
    const alice = service.user({ sessions: 3 });
    const { id: sso } = alice.addSession({ applicationId: undefined });
    const payload = await revokeSessions(service, { userId: alice.id, reason: 'SUSPECTED_COMPROMISE' });
    expect(payload).toMatchObject({ revokedCount: 4, alreadyEndedIds: [], failures: [], more: false, userErrors: [] });
    expect(idsOf(payload.revokedSessions)).toEqual([...idsOf(alice.sessions), sso]);
    expect(payload.revokedSessions[0]).toMatchObject({
      reason: 'SUSPECTED_COMPROMISE',
      initiatingEntity: 'SYSTEM',
      replacedBySessionId: null,
    });
    expect(codesOf(payload.warnings)).toEqual(['ACCESS_TOKENS_STILL_VALID']);
    expect(alice.liveIds()).toEqual([]);
  });

  it('spares the exceptions: "sign out everywhere else"', async () => {
    const alice = service.user({ sessions: 4 });
    const [first = '', , third = ''] = idsOf(alice.sessions);
    const payload = await revokeSessions(service, { userId: alice.id, exceptSessionIds: [first, third] });
    expect(payload).toMatchObject({ revokedCount: 2, more: false });
    expect(alice.liveIds()).toEqual([third, first]);
  });

  it('ends only sessions that match every field of the filter', async () => {
    const alice = service.user();
    const now = service.emulator.clock.now();
    const add = (applicationId: string, type: string, ageMinutes: number) =>
      alice.addSession({ applicationId, device: { type }, insertInstant: now - ageMinutes * minuteMs }).id;
    const match = add(service.shop.id, 'mobile', 60);
    const others = [
      add(service.console.id, 'MOBILE', 60),
      add(service.shop.id, 'BROWSER', 60),
      add(service.shop.id, 'MOBILE', 1),
    ];
    const payload = await revokeSessions(service, {
      userId: alice.id,
      filter: {
        applicationIds: [service.shop.id],
        deviceTypes: ['MOBILE'],
        createdAt: { before: new Date(now - 30 * minuteMs).toISOString() },
      },
    });
    expect(idsOf(payload.revokedSessions)).toEqual([match]);
    expect(sorted(alice.liveIds())).toEqual(sorted(others));
  });

  it('lets an exception that matches the filter live, and one that does not', async () => {
    const alice = service.user({ sessions: 2, ssoSessions: 1 });
    const [first = '', second] = idsOf(alice.sessions);
    const [sso = ''] = idsOf(alice.ssoSessions);
    const payload = await revokeSessions(service, {
      userId: alice.id,
      filter: { kinds: ['APPLICATION'] },
      exceptSessionIds: [first, sso],
    });
    expect(idsOf(payload.revokedSessions)).toEqual([second]);
    expect(sorted(alice.liveIds())).toEqual(sorted([first, sso]));
  });

  it.each([
    ['all that FusionAuth lists by default', undefined, 2],
    ['all that FusionAuth lists for ACTIVE', ['ACTIVE'], 2],
    ['those whose lifetime is over by the settings for EXPIRED alone', ['EXPIRED'], 1],
    ['none without a state', [], 0],
  ] as const)('sets out to end %s', async (_what, states, expected) => {
    const alice = service.user({ sessions: 1 });
    const expired = alice.addSession({ insertInstant: service.emulator.clock.now() - 31 * 24 * 60 * minuteMs });
    service.emulator.faults.add({
      method: 'GET',
      path: '/api/jwt/refresh',
      fault: {
        kind: 'mapBody',
        map: (body) => ({
          refreshTokens: [...(body as { readonly refreshTokens: readonly unknown[] }).refreshTokens, expired],
        }),
      },
    });
    await revokeSessions(service, { userId: alice.id, ...(states === undefined ? {} : { filter: { states } }) });
    expect(deletions()).toBe(expected);
  });

  it('ends the oldest maxRevocations, says more, and calling again finishes', async () => {
    const alice = service.user({ sessions: 5 });
    const ids = idsOf(alice.sessions);
    const call = () => revokeSessions(service, { userId: alice.id, maxRevocations: 2 });
    const rounds = [await call(), await call(), await call(), await call()];
    expect(rounds.map(({ revokedSessions }) => idsOf(revokedSessions))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
      [],
    ]);
    expect(rounds.map(({ more }) => more)).toEqual([true, true, false, false]);
  });

  it('says more and LISTING_TRUNCATED when FusionAuth may have left some out', async () => {
    const alice = service.user({ sessions: 1_001 });
    const payload = await revokeSessions(service, {
      userId: alice.id,
      filter: { deviceTypes: ['TV'] },
    });
    expect(payload).toMatchObject({ revokedCount: 0, more: true, warnings: [{ code: 'LISTING_TRUNCATED' }] });
  });

  it('who is not known ends nothing', async () => {
    expect(await revokeSessions(service, { userId: randomUUID() })).toMatchObject({
      revokedCount: 0,
      alreadyEndedIds: [],
      more: false,
      userErrors: [],
    });
  });
});

describe('by ids', () => {
  it('ends sessions of several users, and leaves their other ones alone', async () => {
    const users = [service.user({ sessions: 2 }), service.user({ sessions: 2 }), service.user({ sessions: 2 })];
    const oldest = users.map(({ sessions }) => sessions[0]?.id ?? '');
    const payload = await revokeSessions(service, { sessionIds: oldest });
    expect(sorted(idsOf(payload.revokedSessions))).toEqual(sorted(oldest));
    expect(users.map(({ liveIds }) => liveIds())).toEqual(users.map(({ sessions }) => [sessions[1]?.id]));
  });

  it('tells which had ended already, and that is no failure', async () => {
    const alice = service.user({ sessions: 2 });
    const [ended = '', live = ''] = idsOf(alice.sessions);
    const never = randomUUID();
    service.emulator.store.sessions.delete(ended);
    const payload = await revokeSessions(service, { sessionIds: [never, ended, live] });
    expect(payload).toMatchObject({ revokedCount: 1, revokedSessions: [{ id: live }], failures: [], userErrors: [] });
    expect(sorted(payload.alreadyEndedIds)).toEqual(sorted([never, ended]));
  });

  it('takes the first maxRevocations ids and says more', async () => {
    const alice = service.user({ sessions: 3 });
    const ids = idsOf(alice.sessions);
    const payload = await revokeSessions(service, { sessionIds: ids, maxRevocations: 2 });
    expect(payload).toMatchObject({ revokedCount: 2, more: true });
    expect(alice.liveIds()).toEqual(ids.slice(2));
  });

  it('reports a session that cannot be looked up, and ends the others', async () => {
    const alice = service.user({ sessions: 3 });
    const [first, second, third] = idsOf(alice.sessions);
    failCallsOn(second, 'GET', { kind: 'status', status: 503 });
    const payload = await revokeSessions(service, { sessionIds: idsOf(alice.sessions) });
    expect(idsOf(payload.revokedSessions)).toEqual([first, third]);
    expect(payload.failures).toMatchObject([{ sessionId: second, code: 'UPSTREAM_UNAVAILABLE', retryable: true }]);
    expect(alice.liveIds()).toEqual([second]);
  });
});

describe.each(['by user', 'by ids'])('a session that cannot be ended, %s,', (form) => {
  const call = (userId: string, sessionIds: readonly string[], dryRun = false) =>
    revokeSessions(service, form === 'by user' ? { userId, dryRun } : { sessionIds, dryRun });

  it('is reported, the others end, and calling again finishes', async () => {
    const alice = service.user({ sessions: 4 });
    const ids = idsOf(alice.sessions);
    failCallsOn(ids[1], 'DELETE', { kind: 'status', status: 500 });
    failCallsOn(ids[2], 'DELETE', { kind: 'status', status: 401 });

    const partial = await call(alice.id, ids);
    expect(idsOf(partial.revokedSessions)).toEqual([ids[0], ids[3]]);
    expect(partial.failures).toMatchObject([
      { sessionId: ids[1], code: 'UPSTREAM_UNAVAILABLE', retryable: true },
      { sessionId: ids[2], code: 'UPSTREAM_REJECTED', retryable: false },
    ]);
    expect(sorted(alice.liveIds())).toEqual(sorted(ids.slice(1, 3)));

    service.emulator.faults.clear();
    const finished = await call(alice.id, ids);
    expect(finished).toMatchObject({ revokedCount: 2, failures: [] });
    expect(alice.liveIds()).toEqual([]);
  });

  it('is none when only the answer was lost', async () => {
    const alice = service.user({ sessions: 2 });
    const ids = idsOf(alice.sessions);
    failCallsOn(ids[0], 'DELETE', { kind: 'reset', when: 'after' });
    expect(await call(alice.id, ids)).toMatchObject({ revokedCount: 2, failures: [], alreadyEndedIds: [] });
  });

  it('is not even tried under dryRun, which names what would be ended', async () => {
    const alice = service.user({ sessions: 3 });
    const ids = idsOf(alice.sessions);
    const dry = await call(alice.id, ids, true);
    expect(dry).toMatchObject({ revokedCount: 3, failures: [] });
    expect(idsOf(dry.revokedSessions)).toEqual(ids);
    expect(deletions()).toBe(0);
    expect(alice.liveIds()).toHaveLength(3);
  });
});
