import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultTenantId } from '../../src/emulator/store/defaults.js';
import { afterNextList, enforceSingleSession, idsOf } from '../support/enforcement.js';
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

describe('between the list and the deletions', () => {
  it('a surplus session that somebody else revokes is no failure, and not counted as ended by this call', async () => {
    const alice = service.user({ sessions: 4 });
    const [first, second = '', third, newest] = idsOf(alice.sessions);
    afterNextList(service, () => service.emulator.store.sessions.delete(second));
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', failures: [], revokedCount: 2 });
    expect(idsOf(payload.revokedSessions)).toEqual([first, third]);
    expect(alice.liveIds()).toEqual([newest]);
  });

  it('a session named for revocation that somebody else revokes is among alreadyEndedIds', async () => {
    const alice = service.user({ sessions: 3 });
    const [first, second = '', third] = idsOf(alice.sessions);
    afterNextList(service, () => service.emulator.store.sessions.delete(second));
    const payload = await revokeSessions(service, { userId: alice.id });
    expect(idsOf(payload.revokedSessions)).toEqual([first, third]);
    expect(payload).toMatchObject({ alreadyEndedIds: [second], failures: [] });
  });

  it('a session that begins is neither counted nor ended by this call, and the next call deals with it', async () => {
    const alice = service.user({ sessions: 3 });
    const late: string[] = [];
    afterNextList(service, () => late.push(alice.addSession().id));
    await enforceSingleSession(service, { userId: alice.id });
    expect(alice.liveIds()).toEqual([...late, alice.sessions.at(-1)?.id]);
    await enforceSingleSession(service, { userId: alice.id });
    expect(alice.liveIds()).toEqual(late);
  });

  it('a user who is deleted for good leaves nothing to fail', async () => {
    const alice = service.user({ sessions: 4 });
    afterNextList(service, () => service.emulator.store.deleteUser(alice.id));
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({ user: null, failures: [], userErrors: [], revokedCount: 0 });
    expect(alice.liveIds()).toEqual([]);
  });

  it('a user who is deleted for good leaves nothing to revoke', async () => {
    const alice = service.user({ sessions: 3 });
    afterNextList(service, () => service.emulator.store.deleteUser(alice.id));
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
