import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultTenantId } from '../../src/emulator/store/defaults.js';
import type { RefreshToken } from '../../src/emulator/store/records.js';
import { idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
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
