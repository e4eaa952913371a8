import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

const unknown = 'b0000000-0000-4000-8000-00000000ffff';

let service: TestService;
let alice: TestUser;
let bob: TestUser;

beforeAll(async () => {
  service = await startTestService();
  service.emulator.clock.set(Date.parse('2026-01-31T12:00:00.000Z'));
  alice = service.user({ email: 'alice@example.com', fullName: 'Alice Archer', sessions: 3, ssoSessions: 1 });
  bob = service.user({ username: 'bob', active: false });
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

describe('user', () => {
  const document = `
    query ($id: ID!) { user(id: $id) { id email username displayName active lastLoginAt sessionCount } }`;

  it('answers who a user is, the last login and how many sessions live', async () => {
    await alice.login();
    expect(await service.data(document, { id: alice.id })).toEqual({
      user: {
        id: alice.id,
        email: 'alice@example.com',
        username: null,
        displayName: 'Alice Archer',
        active: true,
        lastLoginAt: '2026-01-31T12:00:00.000Z',
        sessionCount: 5,
      },
    });
  });

  it('answers the phone number of a user who has nothing else to sign in with', async () => {
    const { id } = service.emulator.store.addUser({ phoneNumber: '+15551234567' });
    expect(
      await service.data('query ($id: ID!) { user(id: $id) { email username displayName phoneNumber } }', { id }),
    ).toEqual({ user: { email: null, username: null, displayName: null, phoneNumber: '+15551234567' } });
  });

  it('tells when a user has been deactivated', async () => {
    expect(await service.data('query ($id: ID!) { user(id: $id) { active username } }', { id: bob.id })).toEqual({
      user: { active: false, username: 'bob' },
    });
  });

  it('answers null for a user FusionAuth does not know', async () => {
    expect(await service.data(document, { id: unknown })).toEqual({ user: null });
  });

  it('refuses what is not a UUID', async () => {
    const { body } = await service.query(document, { id: 'alice@example.com' });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: ['id'] } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('users', () => {
  const document = 'query ($ids: [ID!]!) { users(ids: $ids) { id } }';

  it('answers in the order asked, null where unknown, the same user as often as asked for', async () => {
    const ids = [bob.id, unknown, alice.id, bob.id.toUpperCase()];
    expect(await service.data(document, { ids })).toEqual({
      users: [{ id: bob.id }, null, { id: alice.id }, { id: bob.id }],
    });
  });

  it('answers [] for no ids, without asking FusionAuth', async () => {
    expect(await service.data(document, { ids: [] })).toEqual({ users: [] });
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('accepts 100 ids', async () => {
    const ids = Array.from({ length: 100 }, () => alice.id);
    const { users } = await service.data<{ users: unknown[] }>(document, { ids });
    expect(users).toHaveLength(100);
  });

  it.each([
    ['101 ids', Array.from({ length: 101 }, () => unknown), ['ids']],
    ['one malformed id', [unknown, 'x'], ['ids', '1']],
  ])('refuses %s', async (_what, ids, argument) => {
    const { body } = await service.query(document, { ids });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('the sessions of a user', () => {
  it('can be filtered, ordered and counted', async () => {
    const carol = service.user({ sessions: 2, ssoSessions: 1 });
    const data = await service.data(
      `query ($id: ID!) {
        user(id: $id) {
          sessions(filter: { kinds: [APPLICATION] }, orderBy: { direction: ASC }) { id }
          all: sessionCount
          sso: sessionCount(filter: { kinds: [SSO] })
          expired: sessionCount(filter: { states: [EXPIRED] })
        }
      }`,
      { id: carol.id },
    );
    const oldestFirst = carol.sessions.map(({ id }) => ({ id }));
    expect(data).toEqual({ user: { sessions: oldestFirst, all: 3, sso: 1, expired: 0 } });
  });

  it('that cannot be read leave those of other users in place', async () => {
    const fault = service.emulator.faults.add({
      path: '/api/jwt/refresh',
      times: 1,
      fault: { kind: 'status', status: 401 },
    });
    const document = 'query ($ids: [ID!]!) { users(ids: $ids) { id sessions { id } } }';
    const { body } = await service.query<{ users: ({ id: string } | null)[] }>(document, { ids: [alice.id, bob.id] });
    fault.remove();
    expect(body.data?.users.filter((user) => user === null)).toHaveLength(1);
    expect(body.errors).toHaveLength(1);
  });
});
