import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { afterNextList, codesOf, enforceSingleSession, idsOf } from '../support/enforcement.js';
import { holdCalls } from '../support/hold-calls.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';
import { enforceSessionLimit, revokeSessions } from './support/operations.js';

const services: TestService[] = [];
async function start(
  env: Readonly<Record<string, string>> = {},
  options: Pick<TestServiceOptions, 'clock' | 'elapsedMs'> = {},
): Promise<TestService> {
  const service = await startTestService({ env, ...options });
  services.push(service);
  return service;
}
afterEach(async () => {
  for (const service of services.splice(0)) await service[Symbol.asyncDispose]();
});

const byId = '/api/jwt/refresh/:id';
/** The connection breaks after the request: whether it is carried out, nobody can tell. No time has to pass for it. */
const unanswered = { kind: 'reset', when: 'before' } as const;

describe('two calls at once that each name another session to keep', () => {
  it('leave one of them: a login that keeps its own, and "sign out everywhere else"', async () => {
    const service = await start();
    for (let round = 0; round < 20; round++) {
      const alice = service.user({ sessions: 2 });
      const [older = '', newer = ''] = idsOf(alice.sessions);
      service.emulator.faults.add({ path: '*', fault: { kind: 'latency', minMs: 0, maxMs: 4 } });
      const [login, others] = await Promise.all([
        enforceSingleSession(service, { userId: alice.id, keepSessionId: newer }),
        revokeSessions(service, { userId: alice.id, exceptSessionIds: [older] }),
      ]);
      expect(alice.liveIds()).toHaveLength(1);
      const isRefused = others.userErrors.length > 0;
      expect(alice.liveIds()).toEqual(isRefused ? [newer] : [older]);
      expect(login.outcome).toBe(isRefused ? 'ENFORCED' : null);
      service.emulator.faults.clear();
    }
  });

  it('leave one of them: two exceptSessionIds', async () => {
    const service = await start();
    for (let round = 0; round < 20; round++) {
      const alice = service.user({ sessions: 2 });
      service.emulator.faults.add({ path: '*', fault: { kind: 'latency', minMs: 0, maxMs: 4 } });
      const answers = await Promise.all(
        alice.sessions.map(({ id }) => revokeSessions(service, { userId: alice.id, exceptSessionIds: [id] })),
      );
      expect(answers.flatMap(({ userErrors }) => codesOf(userErrors))).toEqual(['KEEP_SESSION_NOT_LIVE']);
      expect(alice.liveIds()).toHaveLength(1);
      service.emulator.faults.clear();
    }
  });
});

describe('a session whose revocation was not answered', () => {
  it('cannot be kept while it may still end, and is ended by the next enforcement', async () => {
    const service = await start({ FUSIONAUTH_MAX_ATTEMPTS: '1' });
    const alice = service.user({ sessions: 2 });
    const [older = '', newer = ''] = idsOf(alice.sessions);
    service.emulator.faults.add({ method: 'DELETE', path: byId, times: 1, fault: unanswered });
    const keep = (id: string) =>
      enforceSingleSession(service, { userId: alice.id, keepSessionId: id, onNewerSession: 'KEEP_REQUESTED' });
    expect(await keep(newer)).toMatchObject({ outcome: 'PARTIAL', failures: [{ sessionId: older }] });

    expect(await keep(older)).toMatchObject({ outcome: null, userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE' }] });
    const others = await revokeSessions(service, { userId: alice.id, exceptSessionIds: [older] });
    expect(codesOf(others.userErrors)).toEqual(['KEEP_SESSION_NOT_LIVE']);
    expect(alice.liveIds()).toHaveLength(2);

    expect(await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2 })).toMatchObject({
      outcome: 'ENFORCED',
      revokedSessions: [{ id: older }],
    });
    expect(await keep(newer)).toMatchObject({ outcome: 'WITHIN_LIMIT' });
  });

  it('can be kept again when it has lived on for two minutes', async () => {
    let passedMs = 0;
    const elapsedMs = () => performance.now() + passedMs;
    const service = await start({ FUSIONAUTH_MAX_ATTEMPTS: '1' }, { elapsedMs });
    const alice = service.user({ sessions: 2 });
    const [older = '', newer = ''] = idsOf(alice.sessions);
    service.emulator.faults.add({ method: 'DELETE', path: byId, times: 1, fault: unanswered });
    await enforceSingleSession(service, { userId: alice.id, keepSessionId: newer });
    passedMs = 121_000;
    const kept = await enforceSingleSession(service, {
      userId: alice.id,
      keepSessionId: older,
      onNewerSession: 'KEEP_REQUESTED',
    });
    expect(kept).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: older } });
  });

  it.each([
    ['forward', 600_000],
    ['back', -3_600_000],
  ])('is in doubt for as long when the clock of the machine is put %s', async (_where, byMs) => {
    let setByMs = 0;
    let passedMs = 0;
    const clock = { now: () => Date.now() + setByMs + passedMs };
    const elapsedMs = () => performance.now() + passedMs;
    const service = await start({ FUSIONAUTH_MAX_ATTEMPTS: '1' }, { clock, elapsedMs });
    const alice = service.user({ sessions: 2 });
    const [older = '', newer = ''] = idsOf(alice.sessions);
    service.emulator.faults.add({ method: 'DELETE', path: byId, times: 1, fault: unanswered });
    const keep = (id: string) =>
      enforceSingleSession(service, { userId: alice.id, keepSessionId: id, onNewerSession: 'KEEP_REQUESTED' });
    expect(await keep(older)).toMatchObject({ outcome: 'PARTIAL' });
    setByMs = byMs;
    expect(await keep(newer)).toMatchObject({ outcome: null, userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE' }] });
    passedMs = 121_000;
    expect(await keep(newer)).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: newer } });
  });
});

describe('the default rule beside calls that choose what stays', () => {
  it('waits neither for the turns of others nor for their lists', async () => {
    const patient = { FUSIONAUTH_REQUEST_TIMEOUT_MS: '60000', FUSIONAUTH_CALL_BUDGET_MS: '60000' };
    const service = await start({ ...patient, USER_LOCK_MAX_WAIT_MS: '30000', SHUTDOWN_TIMEOUT_MS: '100' });
    const alice = service.user({ sessions: 3 });
    const [oldest = ''] = idsOf(alice.sessions);
    service.emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', times: 1, fault: { kind: 'hang' } });
    const keeping = Array.from({ length: 120 }, () =>
      enforceSingleSession(service, {
        userId: alice.id,
        keepSessionId: oldest,
        onNewerSession: 'KEEP_REQUESTED',
      }).catch(() => null),
    );
    await expect.poll(() => service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBeGreaterThan(0);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => enforceSingleSession(service, { userId: alice.id })),
    );
    expect(new Set(answers.map(({ outcome }) => outcome))).not.toContain('PARTIAL');
    // The first of those that wait for a turn is still waiting for its list.
    expect(await Promise.race([keeping[0], delay(0, 'waiting')])).toBe('waiting');
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('leaves a session that another call keeps to a later call, when that one takes too long', async () => {
    const service = await start({ USER_LOCK_MAX_WAIT_MS: '200' });
    const alice = service.user({ sessions: 3 });
    const [oldest = '', middle = '', newest = ''] = idsOf(alice.sessions);
    const held = holdCalls(service.emulator, { method: 'DELETE', path: `/api/jwt/refresh/${newest}`, times: 1 });
    const keeping = enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      keepSessionIds: [oldest],
      onNewerSession: 'KEEP_REQUESTED',
    });
    await expect.poll(() => service.emulator.calls.count({ method: 'DELETE' })).toBe(2);
    const converging = await enforceSingleSession(service, { userId: alice.id });
    expect(converging).toMatchObject({
      outcome: 'PARTIAL',
      failures: [{ sessionId: oldest, code: 'HELD_BY_ANOTHER_CALL', retryable: true }],
    });
    held.release();
    expect((await keeping).outcome).toBe('ENFORCED');
    expect(alice.liveIds()).toEqual([oldest]);
    expect(middle).not.toBe('');
    expect((await enforceSingleSession(service, { userId: alice.id })).outcome).toBe('WITHIN_LIMIT');
  });
});

describe('a login that a newer one has overtaken', () => {
  it('is SUPERSEDED, whether its own call ends it or that of the newer one was faster', async () => {
    const service = await start();
    const alice = service.user({ sessions: 2 });
    const [older = '', newer = ''] = idsOf(alice.sessions);
    expect(await enforceSingleSession(service, { userId: alice.id, keepSessionId: newer })).toMatchObject({
      outcome: 'ENFORCED',
    });
    const late = await enforceSingleSession(service, { userId: alice.id, keepSessionId: older });
    expect(late).toMatchObject({
      outcome: 'SUPERSEDED',
      keptSession: { id: newer },
      alreadyEndedIds: [older],
      userErrors: [],
    });
  });

  it('is answered alike in a storm of logins', async () => {
    const service = await start();
    const alice = service.user({ sessions: 0 });
    service.emulator.faults.add({ path: '*', fault: { kind: 'latency', minMs: 0, maxMs: 10 } });
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_value, index) => {
        await delay(index % 10);
        const { id } = alice.addSession();
        return enforceSingleSession(service, { userId: alice.id, keepSessionId: id });
      }),
    );
    expect(answers.map(({ outcome }) => outcome)).not.toContain(null);
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('has no say for a session that ended otherwise: nothing is revoked', async () => {
    const service = await start();
    const alice = service.user({ sessions: 3 });
    const [first = ''] = idsOf(alice.sessions);
    await revokeSessions(service, { sessionIds: [first] });
    const payload = await enforceSingleSession(service, { userId: alice.id, keepSessionId: first });
    expect(payload).toMatchObject({ outcome: null, userErrors: [{ code: 'KEEP_SESSION_NOT_LIVE' }] });
    expect(alice.liveIds()).toHaveLength(2);
  });
});

it('sessions that somebody else has ended meanwhile are named in alreadyEndedIds', async () => {
  const service = await start();
  const alice = service.user({ sessions: 3 });
  const [first = '', second = ''] = idsOf(alice.sessions);
  afterNextList(service, () => service.emulator.store.sessions.delete(first));
  expect(await enforceSingleSession(service, { userId: alice.id })).toMatchObject({
    outcome: 'ENFORCED',
    revokedSessions: [{ id: second }],
    alreadyEndedIds: [first],
  });
});
