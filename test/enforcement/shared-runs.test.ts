import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EnforcementPayload, idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
import { ownTimeOf } from '../support/own-time.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';

let service: TestService;
const shopId = randomUUID();
const everything = 'a-key-without-bounds-for-this-test-only';
const ofShop = 'a-key-of-one-application-for-this-test-only';

beforeAll(async () => {
  const keys = serviceKeysVariable(
    { name: 'everything', key: everything },
    { name: 'shop', key: ofShop, applicationIds: [shopId] },
  );
  service = await startTestService({ shopId, env: { SERVICE_KEYS: keys, FUSIONAUTH_MAX_CONCURRENT_CALLS: '20' } });
});

afterAll(() => service[Symbol.asyncDispose]());
beforeEach(() => service.emulator.calls.clear());
afterEach(() => service.emulator.faults.clear());

type Arguments = Parameters<typeof queryEnforceSingleSession>[1];

interface AuditLine {
  readonly requestId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly outcome: string;
}

/** The others have time to arrive while FusionAuth holds the first one's list. */
const heldFor = () => ({ kind: 'held', until: ownTimeOf(1_000) }) as const;

/** Sends the first call, and the others while its list is being read. */
async function callTogether(
  calls: readonly (Arguments & { readonly key?: string })[],
): Promise<readonly EnforcementPayload[]> {
  const { emulator } = service;
  const path = '/api/jwt/refresh';
  emulator.faults.add({ method: 'GET', path, times: 1, fault: heldFor() });
  const send = async ({ key = everything, ...args }: (typeof calls)[number]) => {
    const { body } = await queryEnforceSingleSession(service, args, { key });
    if (body.errors !== undefined || body.data == null) throw new Error(JSON.stringify(body.errors));
    return body.data.enforceSingleSession;
  };
  const [first, ...others] = calls;
  if (first === undefined) throw new TypeError('There are no calls');
  const sent = [send(first)];
  await expect.poll(() => lists()).toBe(1);
  return Promise.all([...sent, ...others.map(send)]);
}

const lists = () => service.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh' });
const deletions = () => service.emulator.calls.count({ method: 'DELETE' });

describe('simultaneous calls that ask the same about one user', () => {
  it('list a few times and end each session once, however many they are', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 50 });
    const answers = await callTogether(Array.from({ length: 100 }, () => ({ userId })));
    // One that goes on, one that waits, and some more for calls that a slow machine reads late.
    expect(lists()).toBeLessThan(15);
    expect(deletions()).toBe(49);
    expect(liveIds()).toHaveLength(1);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['ENFORCED', ...Array(99).fill('WITHIN_LIMIT')]);
    for (const { keptSession } of answers) expect(keptSession?.id).toBe(liveIds()[0]);
  });

  it('are each told what their run has ended, one of them as the call that did it', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 4 });
    const [newest, ...older] = liveIds();
    // The first run ends nothing: its revocations are refused.
    service.emulator.faults.add({ method: 'DELETE', path: '/*', times: 3, fault: { kind: 'status', status: 401 } });
    const [first, second, ...others] = await callTogether(Array.from({ length: 5 }, () => ({ userId })));
    expect(first?.outcome).toBe('PARTIAL');
    expect([...idsOf(second?.revokedSessions ?? [])].sort()).toEqual([...older].sort());
    for (const answer of [second, ...others]) {
      expect(answer?.outcome).toBe('ENFORCED');
      expect(answer?.keptSession?.id).toBe(newest);
      expect(answer?.warnings).toEqual([{ code: 'ACCESS_TOKENS_STILL_VALID' }]);
    }
    for (const { revokedSessions, alreadyEndedIds } of others) {
      expect(revokedSessions).toEqual([]);
      expect([...alreadyEndedIds].sort()).toEqual([...older].sort());
    }
    const records = service.logs.flatMap(({ audit }) => (audit === undefined ? [] : [audit as AuditLine]));
    const ended = records.filter((record) => record.userId === userId && record.outcome === 'revoked');
    expect(ended.map(({ sessionId }) => sessionId).sort()).toEqual([...older].sort());
    expect(new Set(ended.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('are answered by what each was to keep: one that is not live is refused alone', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 3 });
    const [newest, older] = liveIds();
    const keeps = [newest, randomUUID(), older];
    const answers = await callTogether([{ userId }, ...keeps.map((keepSessionId = '') => ({ userId, keepSessionId }))]);
    expect(answers.map(({ outcome, userErrors }) => outcome ?? userErrors[0]?.code)).toEqual([
      'ENFORCED',
      'WITHIN_LIMIT',
      'KEEP_SESSION_NOT_LIVE',
      'SUPERSEDED',
    ]);
    expect(liveIds()).toEqual([newest]);
  });

  it('see a login that came after the list of the run that goes on', async () => {
    const alice = service.user({ sessions: 2 });
    const first = callTogether([{ userId: alice.id }]);
    await expect.poll(() => lists()).toBe(1);
    const { refreshTokenId } = await alice.login();
    const { body } = await queryEnforceSingleSession(service, { userId: alice.id }, { key: everything });
    await first;
    expect(body.data?.enforceSingleSession.keptSession?.id).toBe(refreshTokenId);
    expect(alice.liveIds()).toEqual([refreshTokenId]);
  });

  it('go on for the others when the first caller goes away', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 5 });
    const { emulator } = service;
    const path = '/api/jwt/refresh';
    emulator.faults.add({ method: 'GET', path, times: 1, fault: heldFor() });
    const caller = new AbortController();
    const gone = service.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${everything}` },
      body: JSON.stringify({ query: `mutation { enforceSingleSession(userId: "${userId}") { outcome } }` }),
      signal: caller.signal,
    });
    await expect.poll(() => lists()).toBe(1);
    const others = [1, 2].map(() => queryEnforceSingleSession(service, { userId }, { key: everything }));
    caller.abort();
    await expect(gone).rejects.toThrow();
    for (const { body } of await Promise.all(others)) {
      expect(body.errors).toBeUndefined();
      expect(body.data?.enforceSingleSession.failures).toEqual([]);
    }
    expect(liveIds()).toHaveLength(1);
  });
});

describe('calls do not share a run', () => {
  it('with a caller who may see other sessions', async () => {
    const user = service.user({ sessions: 0 });
    const now = service.emulator.clock.now();
    const [ofOther, mine, newest] = [service.console, service.shop, service.shop].map(({ id }, index) =>
      user.addSession({ applicationId: id, insertInstant: now + index }),
    );
    const answers = await callTogether([
      { userId: user.id, applicationId: shopId },
      { userId: user.id, applicationId: shopId, key: ofShop },
    ]);
    expect(lists()).toBe(2);
    expect(answers.map(({ keptSessions }) => [...idsOf(keptSessions)].sort())).toEqual([
      [ofOther?.id, newest?.id].sort(),
      [newest?.id],
    ]);
    expect(answers.flatMap(({ revokedSessions }) => idsOf(revokedSessions))).toEqual([mine?.id]);
  });

  it('when they give another reason or comment, which the audit records', async () => {
    const { id: userId } = service.user({ sessions: 3 });
    await callTogether([{ userId }, { userId, comment: 'a note' }, { userId, reason: 'ADMIN_REQUEST' }]);
    expect(lists()).toBe(3);
  });

  it('about different users', async () => {
    const users = [1, 2, 3].map(() => service.user({ sessions: 2 }));
    await callTogether(users.map(({ id }) => ({ userId: id })));
    expect(lists()).toBe(3);
    for (const { liveIds } of users) expect(liveIds()).toHaveLength(1);
  });
});
