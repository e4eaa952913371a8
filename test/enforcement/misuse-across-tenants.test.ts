import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultTenantId } from '../../src/emulator/store/defaults.js';
import { codesOf, enforceSingleSession, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import {
  enforceSessionLimit,
  queryEnforceSessionLimit,
  queryRevokeSessions,
  refusalsOf,
  revokeSessions,
} from './support/operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { FUSIONAUTH_TENANT_ID: defaultTenantId } });
});

afterEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

const deletions = () => service.emulator.calls.count({ method: 'DELETE' });

it('an empty list of device types is refused, since it would limit nothing without a word', async () => {
  const alice = service.user({ sessions: 3 });
  const { body } = await queryEnforceSessionLimit(service, { userId: alice.id, maxSessions: 1, deviceTypes: [] });
  expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['input', 'deviceTypes'] }]);
  expect(body.errors?.[0]?.message).toContain('leave it out for all of them');
  expect(service.emulator.calls.count()).toBe(0);
});

it.each(['createdAt', 'lastAccessedAt'])(
  'a span of %s whose ends were swapped is refused, since it would read as if there were no sessions to end',
  async (name) => {
    const { id: userId } = service.user({ sessions: 2 });
    const [early, late] = ['2020-01-01T00:00:00Z', '2099-01-01T00:00:00+01:00'];
    for (const span of [
      { after: late, before: early },
      { after: late, before: late },
    ]) {
      const { body } = await queryRevokeSessions(service, { userId, dryRun: true, filter: { [name]: span } });
      expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['input', 'filter', name] }]);
      expect(body.errors?.[0]?.message).toContain('before must be later than after');
    }
    expect(service.emulator.calls.count()).toBe(0);
    for (const span of [{ after: early, before: late }, { after: late }, { before: early }, {}]) {
      const { body } = await queryRevokeSessions(service, { userId, dryRun: true, filter: { [name]: span } });
      expect(body.errors).toBeUndefined();
    }
  },
);

describe('maxSessions', () => {
  it.each([0, -1, 1_000, 1_000_000_000])('%i is refused, naming the argument and the bounds', async (maxSessions) => {
    const alice = service.user({ sessions: 3 });
    const { body } = await queryEnforceSessionLimit(service, { userId: alice.id, maxSessions });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['input', 'maxSessions'] }]);
    expect(body.errors?.[0]?.message).toContain('from 1 to 999');
    expect(service.emulator.calls.count()).toBe(0);
    expect(alice.liveIds()).toHaveLength(3);
  });

  it.each([1.5, 3_000_000_000, '2', null])('%j is no Int and is refused with HTTP 400', async (maxSessions) => {
    const alice = service.user({ sessions: 3 });
    const { status, body } = await queryEnforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: maxSessions as number,
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain('maxSessions');
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('999 is accepted', async () => {
    const alice = service.user({ sessions: 3 });
    expect(await enforceSessionLimit(service, { userId: alice.id, maxSessions: 999 })).toMatchObject({
      outcome: 'WITHIN_LIMIT',
      revokedCount: 0,
    });
  });
});

describe('the session of another user', () => {
  it.each(['KEEP_NEWEST', 'KEEP_REQUESTED'] as const)(
    'is none to keep under %s: nothing is revoked, and the answer is that for one that does not exist',
    async (onNewerSession) => {
      const alice = service.user({ sessions: 3 });
      const bob = service.user({ sessions: 1 });
      const input = { userId: alice.id, maxSessions: 1, onNewerSession };
      const foreign = await enforceSessionLimit(service, { ...input, keepSessionIds: idsOf(bob.sessions) });
      const unknown = await enforceSessionLimit(service, { ...input, keepSessionIds: [randomUUID()] });
      expect(foreign).toMatchObject({ outcome: null, userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE' }] });
      expect(foreign).toEqual(unknown);
      expect(deletions()).toBe(0);
    },
  );

  it('spoils the whole call when it stands beside an own one', async () => {
    const alice = service.user({ sessions: 3 });
    const bob = service.user({ sessions: 1 });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds: [...idsOf(alice.sessions.slice(0, 1)), ...idsOf(bob.sessions)],
    });
    expect(payload).toMatchObject({ outcome: null, userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE' }] });
    expect(alice.liveIds()).toHaveLength(3);
    expect(bob.liveIds()).toHaveLength(1);
  });

  it('is none to spare from a revocation: nothing is revoked', async () => {
    const alice = service.user({ sessions: 3 });
    const bob = service.user({ sessions: 1 });
    const payload = await revokeSessions(service, { userId: alice.id, exceptSessionIds: idsOf(bob.sessions) });
    expect(payload).toMatchObject({ revokedCount: 0, userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE' }] });
    expect(deletions()).toBe(0);
  });
});

describe('another tenant', () => {
  function stranger() {
    const { store } = service.emulator;
    const { id: tenantId } = store.addTenant();
    const { id: applicationId } = store.addApplication({ name: 'Elsewhere', tenantId });
    const { id: userId } = store.addUser({ tenantId, applicationIds: [applicationId] });
    const sessions = [1, 2, 3].map(() => store.addSession({ userId, applicationId }));
    return { userId, sessions, live: () => store.sessionsOf(userId) };
  }

  it('has users who look unknown: enforcing finds no session', async () => {
    const carol = stranger();
    expect(await enforceSingleSession(service, { userId: carol.userId })).toMatchObject({
      outcome: 'NO_SESSIONS',
      user: null,
      keptSessions: [],
    });
    expect(carol.live()).toHaveLength(3);
  });

  it('has sessions that look gone: revoking by id ends none', async () => {
    const carol = stranger();
    const payload = await revokeSessions(service, { sessionIds: idsOf(carol.sessions) });
    expect(payload).toMatchObject({ revokedCount: 0, failures: [], userErrors: [] });
    expect([...payload.alreadyEndedIds].sort()).toEqual([...idsOf(carol.sessions)].sort());
    expect(carol.live()).toHaveLength(3);
  });

  it('has users whose sessions no revocation by user reaches', async () => {
    const carol = stranger();
    expect(await revokeSessions(service, { userId: carol.userId })).toMatchObject({ revokedCount: 0, failures: [] });
    expect(carol.live()).toHaveLength(3);
  });

  it('has sessions that cannot be kept', async () => {
    const carol = stranger();
    const alice = service.user({ sessions: 3 });
    const [keepSessionId = ''] = idsOf(carol.sessions);
    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId });
    expect(codesOf(payload.userErrors)).toEqual(['KEEP_SESSION_NOT_LIVE']);
    expect(alice.liveIds()).toHaveLength(3);
  });
});
