import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults.js';
import { codesOf, enforceSingleSession, idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';

const once = { FUSIONAUTH_MAX_ATTEMPTS: '1' };

let service: TestService;
/** Beside it, for calls that nobody answers: whoever else is answered late on a busy machine is not given up. */
let impatient: TestService;

beforeAll(async () => {
  service = await startTestService({ env: once });
  const env = { ...once, FUSIONAUTH_REQUEST_TIMEOUT_MS: '1000', FUSIONAUTH_CALL_BUDGET_MS: '1500' };
  impatient = await startTestService({ env, beside: service });
});

afterEach(() => service.emulator.faults.clear());

afterAll(async () => {
  await impatient[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const facing = ({ kind }: Fault) => (kind === 'hang' ? impatient : service);

function failDeletion(sessionId: string | undefined, fault: Fault): void {
  service.emulator.faults.add({ method: 'DELETE', path: `/api/jwt/refresh/${sessionId}`, fault });
}

describe('a session that cannot be ended', () => {
  it.each<[string, Fault, { code: string; retryable: boolean }]>([
    ['500 with HTML', { kind: 'status', status: 500 }, { code: 'UPSTREAM_UNAVAILABLE', retryable: true }],
    ['429', { kind: 'status', status: 429 }, { code: 'UPSTREAM_UNAVAILABLE', retryable: true }],
    [
      '504 of a webhook transaction',
      { kind: 'status', status: 504 },
      { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
    ],
    ['a reset', { kind: 'reset', when: 'before' }, { code: 'UPSTREAM_UNAVAILABLE', retryable: true }],
    ['no answer', { kind: 'hang' }, { code: 'UPSTREAM_TIMEOUT', retryable: true }],
    ['401', { kind: 'status', status: 401 }, { code: 'UPSTREAM_REJECTED', retryable: false }],
  ])('because of %s is reported, the others end, and a second call finishes', async (_what, fault, failure) => {
    const alice = service.user({ sessions: 4 });
    const [first, second, third, newest] = idsOf(alice.sessions);
    failDeletion(second, fault);

    const partial = await enforceSingleSession(facing(fault), { userId: alice.id });

    expect(partial).toMatchObject({
      outcome: 'PARTIAL',
      keptSession: { id: newest },
      revokedCount: 2,
      failures: [{ sessionId: second, ...failure }],
    });
    expect(idsOf(partial.keptSessions)).toEqual([newest]);
    expect(idsOf(partial.revokedSessions)).toEqual([first, third]);
    expect(alice.liveIds()).toEqual([newest, second]);

    service.emulator.faults.clear();
    const finished = await enforceSingleSession(facing(fault), { userId: alice.id });
    expect(finished).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1, failures: [] });
    expect(alice.liveIds()).toEqual([newest]);
  });

  it('has an audit line of its own', async () => {
    const alice = service.user({ sessions: 2 });
    failDeletion(alice.sessions[0]?.id, { kind: 'status', status: 500 });
    await enforceSingleSession(service, { userId: alice.id });
    const records = service.logs.flatMap(({ msg, audit }) => (msg === 'audit' ? [audit] : []));
    expect(records).toContainEqual(
      expect.objectContaining({ sessionId: alice.sessions[0]?.id, outcome: 'failed', reason: 'SINGLE_SESSION_POLICY' }),
    );
  });

  it('is logged with its cause and the id of the request', async () => {
    const alice = service.user({ sessions: 2 });
    failDeletion(alice.sessions[0]?.id, { kind: 'status', status: 504 });
    const { headers } = await queryEnforceSingleSession(service, { userId: alice.id });
    const lines = service.logs.filter(({ requestId }) => requestId === headers.get('x-request-id'));
    expect(lines.map((line) => JSON.stringify(line))).toContainEqual(
      expect.stringContaining('answered 504 [WebhookTransactionException]'),
    );
  });

  it('leaves every session reported when none can be ended', async () => {
    const alice = service.user({ sessions: 3 });
    service.emulator.faults.add({ method: 'DELETE', path: '*', fault: { kind: 'status', status: 503 } });
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'PARTIAL', revokedCount: 0, warnings: [] });
    expect(payload.failures.map(({ sessionId }) => sessionId)).toEqual(idsOf(alice.sessions.slice(0, 2)));
  });

  it('tells nothing of what FusionAuth said', async () => {
    const alice = service.user({ sessions: 2 });
    failDeletion(alice.sessions[0]?.id, { kind: 'status', status: 504 });
    const { body } = await queryEnforceSingleSession(service, { userId: alice.id });
    expect(JSON.stringify(body)).not.toMatch(/webhook|\b504\b|api\/jwt/i);
  });
});

describe('a deletion whose answer is lost after the work', () => {
  it('is no failure', async () => {
    const alice = service.user({ sessions: 3 });
    failDeletion(alice.sessions[0]?.id, { kind: 'reset', when: 'after' });
    const payload = await enforceSingleSession(service, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 2, failures: [] });
    expect(alice.liveIds()).toEqual([alice.sessions[2]?.id]);
  });

  it('is no failure either when it is tried again and finds nothing', async () => {
    await using retrying = await startTestService();
    const alice = retrying.user({ sessions: 2 });
    retrying.emulator.faults.add({
      method: 'DELETE',
      path: '*',
      times: 1,
      fault: { kind: 'reset', when: 'after' },
    });
    const payload = await enforceSingleSession(retrying, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1, failures: [] });
    expect(retrying.emulator.calls.count({ method: 'DELETE' })).toBe(2);
  });
});

it('a session that somebody else ended in the meantime is neither a failure nor counted', async () => {
  const alice = service.user({ sessions: 3 });
  const [first, second] = idsOf(alice.sessions);
  service.emulator.faults.add({ method: 'DELETE', path: '*', fault: { kind: 'latency', minMs: 50, maxMs: 50 } });
  // Both list while all three live; the deletions of one find that the other was faster.
  const [one, other] = await Promise.all([
    enforceSingleSession(service, { userId: alice.id }),
    enforceSingleSession(service, { userId: alice.id }),
  ]);
  const ended = [...idsOf(one.revokedSessions), ...idsOf(other.revokedSessions)];
  expect([...ended].sort()).toEqual([first, second].sort());
  expect([...one.failures, ...other.failures]).toEqual([]);
});

describe('a list that cannot be read', () => {
  it.each<[Fault, string]>([
    [{ kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
    [{ kind: 'malformedJson' }, 'INTERNAL_SERVER_ERROR'],
    [{ kind: 'status', status: 401 }, 'INTERNAL_SERVER_ERROR'],
  ])('%j is an error, and nothing is ended', async (fault, code) => {
    const alice = service.user({ sessions: 3 });
    service.emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', fault });
    const { body } = await queryEnforceSingleSession(facing(fault), { userId: alice.id });
    expect(body.errors).toMatchObject([{ extensions: { code } }]);
    expect(alice.liveIds()).toHaveLength(3);
  });
});

describe('a user with more sessions than FusionAuth lists', () => {
  it('is left with one, in rounds', { timeout: 60_000 }, async () => {
    await using own = await startTestService();
    const alice = own.user({ sessions: 1_205 });
    const payload = await enforceSingleSession(own, { userId: alice.id });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1_204, failures: [] });
    expect(codesOf(payload.warnings)).not.toContain('LISTING_TRUNCATED');
    expect(alice.liveIds()).toEqual([alice.sessions.at(-1)?.id]);
  });

  it('is told so under dryRun', async () => {
    const alice = service.user({ sessions: 1_001 });
    const payload = await enforceSingleSession(service, { userId: alice.id, dryRun: true });
    expect(payload).toMatchObject({ outcome: 'WOULD_ENFORCE', revokedCount: 999 });
    expect(codesOf(payload.warnings)).toContain('LISTING_TRUNCATED');
    expect(alice.liveIds()).toHaveLength(1_001);
  });

  it('is PARTIAL when sessions the limit is not about may hide some that it is about', async () => {
    const alice = service.user();
    const now = service.emulator.clock.now();
    const hidden = [2, 1].map((ageMinutes) =>
      alice.addSession({ insertInstant: now - 3_600_000 - ageMinutes * 60_000 }),
    );
    for (let index = 0; index < 1_000; index++) {
      alice.addSession({ applicationId: service.console.id, insertInstant: now - index });
    }
    const payload = await enforceSingleSession(service, { userId: alice.id, applicationId: service.shop.id });
    expect(payload).toMatchObject({ outcome: 'PARTIAL', revokedCount: 0, warnings: [{ code: 'LISTING_TRUNCATED' }] });
    expect(alice.liveIds()).toEqual(expect.arrayContaining(idsOf(hidden) as string[]));
  });
});
