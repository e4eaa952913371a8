import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enforceSingleSession, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

interface Revocations {
  readonly revokedCount: number;
  readonly more: boolean;
  readonly alreadyEndedIds: readonly string[];
}

async function revokeSessions(input: Record<string, unknown>): Promise<Revocations> {
  const document =
    'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { revokedCount more alreadyEndedIds } }';
  const { revokeSessions } = await service.data<{ revokeSessions: Revocations }>(document, {
    input: { reason: 'OTHER', ...input },
  });
  return revokeSessions;
}

describe('the same call again', () => {
  it('finishes an enforcement that superseded the session to keep and then failed', async () => {
    const alice = service.user({ sessions: 3 });
    const [newest, mine, oldest] = alice.liveIds();
    if (newest === undefined || mine === undefined || oldest === undefined) throw new Error('Three sessions expected');
    const fault = service.emulator.faults.add({
      method: 'DELETE',
      path: `/api/jwt/refresh/${oldest}`,
      fault: { kind: 'status', status: 401 },
    });
    const first = await enforceSingleSession(service, { userId: alice.id, keepSessionId: mine });
    expect(first.outcome).toBe('PARTIAL');
    // The session to keep must outlive what failed: without it the call could not be made again.
    expect(alice.liveIds()).toEqual([newest, mine, oldest]);
    expect(first.failures.map(({ sessionId }) => sessionId).sort()).toEqual([mine, oldest].sort());

    fault.remove();
    const second = await enforceSingleSession(service, { userId: alice.id, keepSessionId: mine });
    expect(second.outcome).toBe('SUPERSEDED');
    expect(idsOf(second.revokedSessions)).toEqual([oldest, mine]);
    expect(alice.liveIds()).toEqual([newest]);
  });

  it('goes on with the sessions by id that maxRevocations left over', async () => {
    const alice = service.user({ sessions: 3 });
    const sessionIds = alice.liveIds();
    const answers: Revocations[] = [];
    for (let call = 1; call <= 3; call++) answers.push(await revokeSessions({ sessionIds, maxRevocations: 1 }));
    expect(answers.map(({ revokedCount, more }) => [revokedCount, more])).toEqual([
      [1, true],
      [1, true],
      [1, false],
    ]);
    expect(alice.liveIds()).toEqual([]);
  });
});

it.each([['EXPIRED'], []])('ends no live session when asked for sessions in the states %s', async (...states) => {
  const alice = service.user({ sessions: 2 });
  const { revokedCount } = await revokeSessions({ userId: alice.id, filter: { states } });
  expect(revokedCount).toBe(0);
  expect(alice.liveIds()).toHaveLength(2);
});

it('leaves accessTokensExpireBy open when it is not known for one of the ended sessions', async () => {
  const retired = service.emulator.store.addApplication({ name: 'Retired', active: false });
  const alice = service.user({ sessions: 2 });
  service.emulator.store.addSession({ userId: alice.id, applicationId: retired.id, insertInstant: 1 });
  service.emulator.store.addSession({
    userId: alice.id,
    applicationId: retired.id,
    insertInstant: service.emulator.clock.now() - 86_400_000,
  });
  const { revokedSessions, accessTokensExpireBy } = await enforceSingleSession(service, { userId: alice.id });
  expect(revokedSessions.some((session) => session.accessTokensExpireBy !== null)).toBe(true);
  expect(revokedSessions.some((session) => session.accessTokensExpireBy === null)).toBe(true);
  expect(accessTokensExpireBy).toBeNull();
});

it('refuses an answer in which aliases repeat the same sessions over and over', async () => {
  const alice = service.user();
  for (let index = 0; index < 900; index++) {
    service.emulator.store.addSession({ userId: alice.id, applicationId: service.shop.id });
  }
  const aliases = Array.from({ length: 20 }, (_, index) => `s${index}: sessions { id }`).join(' ');
  const { body } = await service.query(`query ($ids: [ID!]!) { users(ids: $ids) { ${aliases} } }`, {
    ids: Array.from({ length: 50 }, () => alice.id),
  });
  expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  expect(body.errors?.[0]?.message).toContain('500000');
  expect(body.data).toBeUndefined();
});
