import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { idsOf } from '../support/enforcement.js';
import { ownTimeOf } from '../support/own-time.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { queryRevokeSessions, type RevocationInput } from './support/operations.js';

let service: TestService;
const one = 'the-key-of-one-service-for-this-test-only';
const another = 'the-key-of-another-service-for-this-test-only';

beforeAll(async () => {
  const keys = serviceKeysVariable({ name: 'one', key: one }, { name: 'another', key: another });
  const env = { ...shopTokens, SERVICE_KEYS: keys, RATE_LIMIT_POINTS: '1000000', RECENT_SIGN_IN_SECONDS: '600' };
  service = await startTestService({ shopId, env });
});

afterAll(() => service[Symbol.asyncDispose]());
beforeEach(() => service.emulator.calls.clear());
afterEach(() => service.emulator.faults.clear());

/** Sends the first call, and the others while its first look is under way, which takes so long of this process's own time. */
async function callTogether(calls: readonly (RevocationInput & { readonly key?: string })[], lookMs = 1_000) {
  const { emulator } = service;
  const path = calls[0]?.sessionIds === undefined ? '/api/jwt/refresh' : '/api/jwt/refresh/*';
  emulator.faults.add({ method: 'GET', path, times: 1, fault: { kind: 'held', until: ownTimeOf(lookMs) } });
  const send = async ({ key = one, ...input }: (typeof calls)[number]) => {
    const { body } = await queryRevokeSessions(service, input, { key });
    return body.data?.revokeSessions ?? { refusal: body.errors?.[0]?.extensions['code'] };
  };
  const [first, ...others] = calls;
  if (first === undefined) throw new TypeError('There are no calls');
  const sent = [send(first)];
  await expect.poll(() => looks()).toBeGreaterThan(0);
  const answers = await Promise.all([...sent, ...others.map(send)]);
  return answers.map((answer) => ('refusal' in answer ? { ...nothing, ...answer } : { ...answer, refusal: null }));
}

const nothing = { revokedSessions: [], alreadyEndedIds: [], failures: [], userErrors: [], more: false };
const looks = () => service.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh/*' }) + lists();
const lists = () => service.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh' });
const deletions = () => service.emulator.calls.count({ method: 'DELETE' });

describe('simultaneous calls of one caller that ask for the same sessions to be revoked', () => {
  it('list a few times and end each session once, however many they are', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 40 });
    const before = [...liveIds()].sort();
    const answers = await callTogether(Array.from({ length: 100 }, () => ({ userId })));
    expect(lists()).toBeLessThan(30);
    expect(deletions()).toBe(40);
    expect(liveIds()).toEqual([]);
    const ended = answers.flatMap(({ revokedSessions }) => idsOf(revokedSessions));
    expect(ended.sort()).toEqual(before);
  });

  it('end no more than one of them may, twice at most, and say that more is left', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 10 });
    const answers = await callTogether(Array.from({ length: 20 }, () => ({ userId, maxRevocations: 2 })));
    expect(liveIds().length).toBeGreaterThanOrEqual(10 - 2 * lists());
    expect(answers.map(({ more }) => more)).toEqual(answers.map(() => true));
  });

  it('are each answered by what their run has ended, one of them as the call that did it', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 3 });
    const ids = [...liveIds()];
    const [spared = ''] = ids;
    // The first run ends nothing: its revocations are refused.
    service.emulator.faults.add({ method: 'DELETE', path: '/*', times: 2, fault: { kind: 'status', status: 401 } });
    const [first, second, ...others] = await callTogether(
      Array.from({ length: 5 }, () => ({ userId, exceptSessionIds: [spared] })),
    );
    expect(first?.failures).toHaveLength(2);
    expect(idsOf(second?.revokedSessions ?? [])).toHaveLength(2);
    for (const { revokedSessions, alreadyEndedIds, failures } of others) {
      expect(revokedSessions).toEqual([]);
      expect([...alreadyEndedIds, spared].sort()).toEqual([...ids].sort());
      expect(failures).toEqual([]);
    }
    expect(liveIds()).toEqual([spared]);
  });

  it('are refused together where the session to spare is not live', async () => {
    const { id: userId, liveIds } = service.user({ sessions: 2 });
    const { id: foreign } = service.user({ sessions: 1 }).sessions[0] ?? { id: '' };
    const answers = await callTogether([1, 2, 3].map(() => ({ userId, exceptSessionIds: [foreign] })));
    for (const { userErrors } of answers) expect(userErrors).toMatchObject([{ code: 'KEEP_SESSION_NOT_LIVE' }]);
    expect(liveIds()).toHaveLength(2);
  });

  it('share a run where they name the sessions', async () => {
    const { sessions, liveIds } = service.user({ sessions: 3 });
    const sessionIds = idsOf(sessions);
    const answers = await callTogether([1, 2, 3, 4].map(() => ({ sessionIds })));
    expect(deletions()).toBe(3);
    expect(liveIds()).toEqual([]);
    expect(answers.flatMap(({ revokedSessions }) => revokedSessions)).toHaveLength(3);
    for (const { failures } of answers) expect(failures).toEqual([]);
  });
});

describe('calls share no run', () => {
  it.each<[string, RevocationInput & { readonly key?: string }]>([
    ['of another caller, which is another actor on record', { key: another }],
    ['for another reason', { reason: 'OTHER' }],
    ['with another comment', { comment: 'a note' }],
    ['of fewer sessions', { maxRevocations: 1 }],
    ['that spare others', { exceptSessionIds: ['spared'] }],
    ['that only show what they would do', { dryRun: true }],
  ])('%s', async (_what, change) => {
    const { id: userId, liveIds } = service.user({ sessions: 2 });
    const exceptSessionIds = change.exceptSessionIds && [liveIds()[0] ?? ''];
    await callTogether([{ userId }, { userId, ...change, ...(exceptSessionIds && { exceptSessionIds }) }], 300);
    expect(lists()).toBeGreaterThanOrEqual(2);
  });

  it('of a user who signed in long ago with those of the same user who has just signed in', async () => {
    const alice = service.user({ sessions: 2 });
    const { emulator } = service;
    const signedIn = async (secondsAgo: number) => {
      const claims = claimsFor(emulator, alice.id);
      const at = Number(claims['auth_time']) - secondsAgo;
      return signAsFusionAuth(emulator, { ...claims, auth_time: at });
    };
    const [recently, longAgo] = [await signedIn(10), await signedIn(10_000)];
    const answers = await callTogether(
      [
        { userId: alice.id, key: recently },
        { userId: alice.id, key: longAgo },
      ],
      300,
    );
    expect(answers.map(({ refusal }) => refusal)).toEqual([null, 'FORBIDDEN']);
  });

  it('of a user with those of another one who asks for the same', async () => {
    const alice = service.user({ sessions: 2 });
    const mallory = service.user({ sessions: 1 });
    const [hers, theirs] = await Promise.all(
      [alice, mallory].map(({ id }) => signAsFusionAuth(service.emulator, claimsFor(service.emulator, id))),
    );
    const answers = await callTogether(
      [
        { userId: alice.id, key: hers ?? '' },
        { userId: alice.id, key: theirs ?? '' },
      ],
      300,
    );
    expect(answers[1]).toMatchObject({ revokedSessions: [], alreadyEndedIds: [], failures: [], more: false });
    expect(mallory.liveIds()).toHaveLength(1);
  });
});
