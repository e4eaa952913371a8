import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultTenantId } from '../../src/emulator/store/defaults.js';
import type { RefreshToken } from '../../src/emulator/store/records.js';
import { codesOf, enforceSingleSession, idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
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

/** Lets something happen to FusionAuth's data after the next list has been read and before it is answered. */
function afterNextList(happens: () => void): void {
  service.emulator.faults.add({
    method: 'GET',
    path: '/api/jwt/refresh',
    times: 1,
    fault: {
      kind: 'mapBody',
      map: (body) => {
        happens();
        return body;
      },
    },
  });
}

/** Leaves a session out of the next list, as a database replica that lags behind does. */
function hideFromNextList(id: string): void {
  service.emulator.faults.add({
    method: 'GET',
    path: '/api/jwt/refresh',
    times: 1,
    fault: {
      kind: 'mapBody',
      map: (body) => {
        const { refreshTokens } = body as { readonly refreshTokens: readonly RefreshToken[] };
        return { refreshTokens: refreshTokens.filter((session) => session.id !== id) };
      },
    },
  });
}

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

describe('10,000 ids', () => {
  const ids = Array.from({ length: 10_000 }, () => randomUUID());

  it('are more than a body holds: 413, and FusionAuth is not asked', async () => {
    const { status } = await queryRevokeSessions(service, { sessionIds: ids });
    expect(status).toBe(413);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('are refused by name where larger bodies are allowed', async () => {
    await using roomy = await startTestService({ env: { MAX_BODY_BYTES: '1000000' } });
    const { id: userId } = roomy.user({ sessions: 3 });
    const answers = [
      await queryRevokeSessions(roomy, { sessionIds: ids }),
      await queryRevokeSessions(roomy, { userId, exceptSessionIds: ids }),
      await queryEnforceSessionLimit(roomy, { userId, maxSessions: 1, keepSessionIds: ids }),
    ];
    expect(answers.flatMap(({ body }) => refusalsOf(body))).toEqual([
      { code: 'BAD_USER_INPUT', argument: ['input', 'sessionIds'] },
      { code: 'BAD_USER_INPUT', argument: ['input', 'exceptSessionIds'] },
      { code: 'BAD_USER_INPUT', argument: ['input', 'keepSessionIds'] },
    ]);
    expect(roomy.emulator.calls.count()).toBe(0);
  });

  it.each([
    ['sessionIds', 500],
    ['exceptSessionIds', 100],
    ['keepSessionIds', 100],
  ])('%s holds %i and not one more', async (argument, most) => {
    const alice = service.user({ sessions: 2 });
    const call = (count: number) => {
      const list = ids.slice(0, count);
      if (argument === 'sessionIds') return queryRevokeSessions(service, { sessionIds: list });
      if (argument === 'exceptSessionIds') {
        return queryRevokeSessions(service, { userId: alice.id, exceptSessionIds: list });
      }
      return queryEnforceSessionLimit(service, { userId: alice.id, maxSessions: 1, keepSessionIds: list });
    };
    expect(refusalsOf((await call(most)).body)).toEqual([]);
    expect(refusalsOf((await call(most + 1)).body)).toEqual([
      { code: 'BAD_USER_INPUT', argument: ['input', argument] },
    ]);
    expect(alice.liveIds()).toHaveLength(2);
  });
});

describe('the same id twice', () => {
  it('in sessionIds is one session to end, upper and lower case alike', async () => {
    const alice = service.user({ sessions: 2 });
    const [first = ''] = idsOf(alice.sessions);
    const payload = await revokeSessions(service, { sessionIds: [first, first.toUpperCase(), first] });
    expect(payload).toMatchObject({ revokedCount: 1, revokedSessions: [{ id: first }], alreadyEndedIds: [] });
    expect(deletions()).toBe(1);
  });

  it('in sessionIds is one that has ended already', async () => {
    const id = randomUUID();
    expect(await revokeSessions(service, { sessionIds: [id, id] })).toMatchObject({ alreadyEndedIds: [id] });
  });

  it('in keepSessionIds takes one place', async () => {
    const alice = service.user({ sessions: 3 });
    const [oldest = ''] = idsOf(alice.sessions);
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds: [oldest, oldest.toUpperCase()],
    });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: oldest }, revokedCount: 2 });
    expect(alice.liveIds()).toEqual([oldest]);
  });

  it.each(['KEEP_NEWEST', 'KEEP_REQUESTED'] as const)(
    'in keepSessionIds keeps, under %s, a session that the first list did not show yet',
    async (onNewerSession) => {
      const alice = service.user({ sessions: 3 });
      const newest = alice.sessions.at(-1)?.id ?? '';
      hideFromNextList(newest);
      const payload = await enforceSessionLimit(service, {
        userId: alice.id,
        maxSessions: 1,
        onNewerSession,
        keepSessionIds: [newest, newest],
      });
      expect(alice.liveIds()).toEqual([newest]);
      expect(payload).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: newest }, revokedCount: 2 });
    },
  );

  it('in exceptSessionIds is spared', async () => {
    const alice = service.user({ sessions: 3 });
    const newest = alice.sessions.at(-1)?.id ?? '';
    hideFromNextList(newest);
    const payload = await revokeSessions(service, { userId: alice.id, exceptSessionIds: [newest, newest] });
    expect(payload).toMatchObject({ revokedCount: 2, userErrors: [] });
    expect(alice.liveIds()).toEqual([newest]);
  });
});

describe('a comment of 1 MB', () => {
  const comment = 'x'.repeat(1_000_000);

  it('is more than a body holds: 413, and nothing is done', async () => {
    const alice = service.user({ sessions: 3 });
    const answers = await Promise.all([
      queryEnforceSingleSession(service, { userId: alice.id, comment }),
      queryEnforceSessionLimit(service, { userId: alice.id, maxSessions: 1, comment }),
      queryRevokeSessions(service, { userId: alice.id, comment }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('is refused by name where larger bodies are allowed, and nothing is done', async () => {
    await using roomy = await startTestService({ env: { MAX_BODY_BYTES: '2000000' } });
    const { id: userId } = roomy.user({ sessions: 3 });
    const answers = [
      await queryEnforceSingleSession(roomy, { userId, comment }),
      await queryEnforceSessionLimit(roomy, { userId, maxSessions: 1, comment }),
      await queryRevokeSessions(roomy, { userId, comment }),
    ];
    for (const { body } of answers) {
      const [refusal] = refusalsOf(body);
      expect(refusal?.code).toBe('BAD_USER_INPUT');
      expect(refusal?.argument).toContain('comment');
      expect(body.errors?.[0]?.message).toContain('at most 512');
      expect(JSON.stringify(body).length).toBeLessThan(2_000);
    }
    expect(roomy.emulator.calls.count()).toBe(0);
  });
});

describe('between the list and the deletions', () => {
  it('a surplus session that somebody else revokes is no failure, and not counted as ended by this call', async () => {
    const alice = service.user({ sessions: 4 });
    const [first, second = '', third, newest] = idsOf(alice.sessions);
    afterNextList(() => service.emulator.store.sessions.delete(second));
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', failures: [], revokedCount: 2 });
    expect(idsOf(payload.revokedSessions)).toEqual([first, third]);
    expect(alice.liveIds()).toEqual([newest]);
  });

  it('a session named for revocation that somebody else revokes is among alreadyEndedIds', async () => {
    const alice = service.user({ sessions: 3 });
    const [first, second = '', third] = idsOf(alice.sessions);
    afterNextList(() => service.emulator.store.sessions.delete(second));
    const payload = await revokeSessions(service, { userId: alice.id });
    expect(idsOf(payload.revokedSessions)).toEqual([first, third]);
    expect(payload).toMatchObject({ alreadyEndedIds: [second], failures: [] });
  });

  it('a session that begins is neither counted nor ended by this call, and the next call deals with it', async () => {
    const alice = service.user({ sessions: 3 });
    const late: string[] = [];
    afterNextList(() => late.push(alice.addSession().id));
    await enforceSingleSession(service, { userId: alice.id });
    expect(alice.liveIds()).toEqual([...late, alice.sessions.at(-1)?.id]);
    await enforceSingleSession(service, { userId: alice.id });
    expect(alice.liveIds()).toEqual(late);
  });

  it('a user who is deleted for good leaves nothing to fail', async () => {
    const alice = service.user({ sessions: 4 });
    afterNextList(() => service.emulator.store.deleteUser(alice.id));
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({ user: null, failures: [], userErrors: [], revokedCount: 0 });
    expect(alice.liveIds()).toEqual([]);
  });

  it('a user who is deleted for good leaves nothing to revoke', async () => {
    const alice = service.user({ sessions: 3 });
    afterNextList(() => service.emulator.store.deleteUser(alice.id));
    const payload = await revokeSessions(service, { userId: alice.id });
    expect(payload).toMatchObject({ revokedCount: 0, failures: [], userErrors: [] });
    expect(payload.alreadyEndedIds).toEqual(idsOf(alice.sessions));
  });
});

describe('sessions to keep that contradict the limit', () => {
  const contradiction = { outcome: null, userErrors: [{ code: 'INVALID_ARGUMENT' }], revokedCount: 0 };

  it('because they are more than may stay: nothing is revoked', async () => {
    const alice = service.user({ sessions: 4 });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds: idsOf(alice.sessions.slice(0, 3)),
    });
    expect(payload).toMatchObject(contradiction);
    expect(alice.liveIds()).toHaveLength(4);
  });

  it('are as many as may stay in each application', async () => {
    const alice = service.user({ sessions: 2 });
    const other = alice.addSession({ applicationId: service.console.id });
    const keepSessionIds = [...idsOf(alice.sessions.slice(0, 1)), other.id];
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      scope: 'PER_APPLICATION',
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds,
    });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1 });
    expect([...alice.liveIds()].sort()).toEqual([...keepSessionIds].sort());
  });

  it.each(['KEEP_ALL', 'KEEP_NEWEST', 'REVOKE_ALL'] as const)(
    'because one is an SSO session, under %s: nothing is revoked',
    async (ssoSessions) => {
      const alice = service.user({ sessions: 3, ssoSessions: 2 });
      const payload = await enforceSessionLimit(service, {
        userId: alice.id,
        maxSessions: 1,
        ssoSessions,
        keepSessionIds: idsOf(alice.ssoSessions.slice(0, 1)),
      });
      expect(payload).toMatchObject(contradiction);
      expect(alice.liveIds()).toHaveLength(5);
    },
  );

  it('because one is of an application that does not count: nothing is revoked', async () => {
    const alice = service.user({ sessions: 3 });
    const other = alice.addSession({ applicationId: service.console.id });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      applicationId: service.shop.id,
      keepSessionIds: [other.id],
    });
    expect(payload).toMatchObject(contradiction);
    expect(alice.liveIds()).toHaveLength(4);
  });

  it('because one is on a device that does not count: nothing is revoked', async () => {
    const alice = service.user({ sessions: 2 });
    const phone = alice.addSession({ device: { type: 'MOBILE' } });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      deviceTypes: ['BROWSER'],
      keepSessionIds: [phone.id],
    });
    expect(payload).toMatchObject(contradiction);
    expect(alice.liveIds()).toHaveLength(3);
  });
});

describe('revokeSessions', () => {
  it('revokes nothing when one of the exceptions has ended', async () => {
    const alice = service.user({ sessions: 3 });
    const [first = '', second = ''] = idsOf(alice.sessions);
    service.emulator.store.sessions.delete(first);
    const payload = await revokeSessions(service, { userId: alice.id, exceptSessionIds: [first, second] });
    expect(payload).toMatchObject({
      revokedCount: 0,
      userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE', field: expect.arrayContaining(['exceptSessionIds']) }],
    });
    expect(alice.liveIds()).toHaveLength(2);
  });

  it('is refused with both sessionIds and userId, and with neither', async () => {
    const alice = service.user({ sessions: 2 });
    const sessionIds = idsOf(alice.sessions);
    const both = await queryRevokeSessions(service, { sessionIds, userId: alice.id });
    const neither = await queryRevokeSessions(service, {});
    expect([both, neither].flatMap(({ body }) => refusalsOf(body))).toEqual([
      { code: 'BAD_USER_INPUT', argument: ['input'] },
      { code: 'BAD_USER_INPUT', argument: ['input'] },
    ]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it.each([
    ['filter', { filter: { deviceTypes: ['MOBILE'] } }],
    ['exceptSessionIds', { exceptSessionIds: [randomUUID()] }],
  ])('is refused with %s beside sessionIds', async (argument, extra) => {
    const alice = service.user({ sessions: 2 });
    const { body } = await queryRevokeSessions(service, { sessionIds: idsOf(alice.sessions), ...extra });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['input', argument] }]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it.each([0, -1, 501])('is refused with maxRevocations %i', async (maxRevocations) => {
    const alice = service.user({ sessions: 2 });
    const { body } = await queryRevokeSessions(service, { userId: alice.id, maxRevocations });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['input', 'maxRevocations'] }]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('ends nothing with an empty list of ids', async () => {
    expect(await revokeSessions(service, { sessionIds: [] })).toMatchObject({ revokedCount: 0, alreadyEndedIds: [] });
    expect(deletions()).toBe(0);
  });

  it('ends nothing with a filter that an empty list makes match nothing', async () => {
    const alice = service.user({ sessions: 2 });
    const payload = await revokeSessions(service, { userId: alice.id, filter: { applicationIds: [] } });
    expect(payload).toMatchObject({ revokedCount: 0, more: false });
    expect(alice.liveIds()).toHaveLength(2);
  });
});

it('ends nothing under an overflow that only tells when SSO sessions are to be ended', async () => {
  const alice = service.user({ sessions: 2, ssoSessions: 2 });
  const { body } = await queryEnforceSessionLimit(service, {
    userId: alice.id,
    maxSessions: 1,
    overflow: 'DENY_NEW',
    ssoSessions: 'REVOKE_ALL',
  });
  expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['input', 'ssoSessions'] }]);
  expect(service.emulator.calls.count()).toBe(0);
});

describe('the path of an argument at fault', () => {
  it('leads through input for what the mutation checks', async () => {
    const { id: userId } = service.user();
    const comment = 'x'.repeat(513);
    const answers = [
      await queryEnforceSessionLimit(service, { userId, maxSessions: 1, comment }),
      await queryRevokeSessions(service, { userId, comment }),
      await queryRevokeSessions(service, { userId, filter: { applicationIds: ['shop'] } }),
    ];
    expect(answers.flatMap(({ body }) => refusalsOf(body)).map(({ argument }) => argument)).toEqual([
      ['input', 'comment'],
      ['input', 'comment'],
      ['input', 'filter', 'applicationIds', '0'],
    ]);
  });

  it('leads through input for what FusionAuth tells', async () => {
    const { id: userId } = service.user({ sessions: 1 });
    const dead = [randomUUID()];
    const payloads = [
      await enforceSessionLimit(service, { userId, maxSessions: 1, keepSessionIds: dead }),
      await revokeSessions(service, { userId, exceptSessionIds: dead }),
    ];
    expect(payloads.flatMap(({ userErrors }) => userErrors.map(({ field }) => field))).toEqual([
      ['input', 'keepSessionIds'],
      ['input', 'exceptSessionIds'],
    ]);
  });
});
