import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  // An attempt that is out of time on a busy machine would be a call more.
  const env = {
    FUSIONAUTH_MAX_ATTEMPTS: '1',
    FUSIONAUTH_REQUEST_TIMEOUT_MS: '10000',
    FUSIONAUTH_CALL_BUDGET_MS: '10000',
  };
  service = await startTestService({ env });
});

afterAll(() => service[Symbol.asyncDispose]());

/** What an operation asked of FusionAuth. */
async function callsOf(operation: () => Promise<unknown>) {
  const { calls, clock } = service.emulator;
  // Past the age at which settings are of no use at all, so that each operation has to wait for them.
  clock.advance(3_600_000);
  calls.clear();
  await operation();
  return {
    lists: calls.count({ method: 'GET', path: '/api/jwt/refresh' }),
    lookups: calls.count({ method: 'GET', path: '/api/jwt/refresh/:id' }),
    searches: calls.count({ method: 'POST', path: '/api/user/search' }),
    applications: calls.count({ method: 'GET', path: '/api/application' }),
    tenants: calls.count({ method: 'GET', path: '/api/tenant' }),
    all: calls.count(),
  };
}

/** The page of an administrator, and the same in more words. */
const adminPages: readonly (readonly [string, string])[] = [
  ['an admin page', 'query ($ids: [ID!]!) { users(ids: $ids) { sessions { application { name } user { email } } } }'],
  [
    'an admin page with aliases, fragments and pages',
    `query ($ids: [ID!]!, $yes: Boolean = true) {
      users(ids: $ids) { ...Page sessions { ...Row } }
      again: users(ids: $ids) { ...Page @include(if: $yes) count: sessionCount }
    }
    fragment Page on User {
      sessions { ...Row }
      expired: sessions(filter: { states: [EXPIRED] }) { ...Row }
      sessionsConnection(first: 2, orderBy: { direction: ASC }) { edges { node { ...Row } } totalCount }
    }
    fragment Row on Session { application { name } name: application { id } user { email sessions { id } } }`,
  ],
];

describe('one operation asks FusionAuth', () => {
  it.each(adminPages)('for %s of 100 users as little as can be, and tells so', async (_what, document) => {
    const ids = Array.from({ length: 100 }, () => service.user({ sessions: 2 }).id);
    const headers = { 'x-upstream-calls': 'count' };
    // The first time it is executed by graphql-js, the second time compiled if it can be.
    for (const _time of [1, 2]) {
      const calls = await callsOf(async () => {
        const { body } = await service.query(document, { ids }, { headers });
        expect(body).toMatchObject({ extensions: { upstream: { calls: 103 } } });
        expect(body).not.toHaveProperty('errors');
      });
      expect(calls).toEqual({ lists: 100, lookups: 0, searches: 1, applications: 1, tenants: 1, all: 103 });
    }
  });

  it('for each of 50 users once, for all users and all applications once', async () => {
    const ids = Array.from({ length: 50 }, () => service.user({ sessions: 3 }).id);
    const document = `query ($ids: [ID!]!) {
      users(ids: $ids) { sessions { application { name } user { email } } }
    }`;
    const calls = await callsOf(async () => {
      const { users } = await service.data<{ users: { sessions: object[] }[] }>(document, { ids });
      expect(users.flatMap(({ sessions }) => sessions)).toHaveLength(150);
    });
    expect(calls).toEqual({ lists: 50, lookups: 0, searches: 1, applications: 1, tenants: 1, all: 53 });
  });

  it('once for the same list under several aliases, filters and orders', async () => {
    const { id } = service.user({ sessions: 3 });
    const document = `query ($id: ID!) {
      a: sessions(userId: $id) { id }
      b: sessions(userId: $id, filter: { kinds: [SSO] }, orderBy: { direction: ASC }) { id }
      user(id: $id) { sessionCount sessions { id } c: sessions { user { sessions { id } } } }
      users(ids: [$id, $id]) { sessionCount }
    }`;
    const calls = await callsOf(() => service.data(document, { id }));
    expect(calls).toEqual({ lists: 1, lookups: 0, searches: 1, applications: 1, tenants: 1, all: 4 });
  });

  it('once for a list that fails wherever it is asked for', async () => {
    const { id } = service.user();
    const fault = { kind: 'status', status: 401 } as const;
    const refused = service.emulator.faults.add({ path: '/api/jwt/refresh', fault });
    try {
      const calls = await callsOf(async () => {
        const document = 'query ($id: ID!) { a: sessions(userId: $id) { id } user(id: $id) { sessionCount } }';
        const { body } = await service.query(document, { id });
        expect(body).toHaveProperty('errors');
      });
      expect(calls).toMatchObject({ lists: 1 });
    } finally {
      refused.remove();
    }
  });

  it('once for one session under several aliases', async () => {
    const alice = service.user({ sessions: 1 });
    const calls = await callsOf(() =>
      service.data('query ($id: ID!) { a: session(id: $id) { id } b: session(id: $id) { kind } }', {
        id: alice.sessions[0]?.id,
      }),
    );
    expect(calls).toMatchObject({ lookups: 1, lists: 0 });
  });

  it('for the users of 20 lists that are answered at different moments once', async () => {
    const ids = Array.from({ length: 20 }, () => service.user({ sessions: 2 }).id);
    const lists = ids.map((id, index) => `list${index}: sessions(userId: "${id}") { user { id email } }`);
    const slow = service.emulator.faults.add({
      path: '/api/jwt/refresh',
      fault: { kind: 'latency', minMs: 0, maxMs: 80 },
    });
    try {
      const calls = await callsOf(async () => {
        const data = await service.data<Record<string, { user: { id: string } }[]>>(`{ ${lists.join(' ')} }`);
        expect(Object.values(data).map(([session]) => session?.user.id)).toEqual(ids);
      });
      expect(calls).toMatchObject({ lists: 20, searches: 1 });
    } finally {
      slow.remove();
    }
  });

  it('nothing about users and applications when nobody wants to know', async () => {
    const { id } = service.user({ sessions: 1 });
    const calls = await callsOf(() => service.data('query ($id: ID!) { sessions(userId: $id) { id userId } }', { id }));
    expect(calls).toMatchObject({ lists: 1, searches: 0 });
  });
});

describe('an operation', () => {
  it('sees after a mutation what it changed, although it had read before', async () => {
    const alice = service.user({ sessions: 3 });
    const data = await service.data<Record<'before' | 'after', { user: { sessionCount: number } }>>(
      `mutation ($id: ID!) {
        before: enforceSingleSession(userId: $id, dryRun: true) { user { sessionCount sessions { id } } }
        after: enforceSingleSession(userId: $id) { user { sessionCount sessions { id } } }
      }`,
      { id: alice.id },
    );
    expect(data).toEqual({
      before: { user: { sessionCount: 3, sessions: [...alice.sessions].reverse().map(({ id }) => ({ id })) } },
      after: { user: { sessionCount: 1, sessions: [{ id: alice.sessions[2]?.id }] } },
    });
  });

  it('sees after revokeSession what it changed', async () => {
    const alice = service.user({ sessions: 2 });
    const data = await service.data(
      `mutation ($userId: ID!, $sessionId: ID!) {
        before: enforceSingleSession(userId: $userId, dryRun: true) { user { sessionCount } }
        revokeSession(sessionId: $sessionId) { outcome session { user { sessionCount } } }
      }`,
      { userId: alice.id, sessionId: alice.sessions[0]?.id },
    );
    expect(data).toEqual({
      before: { user: { sessionCount: 2 } },
      revokeSession: { outcome: 'REVOKED', session: { user: { sessionCount: 1 } } },
    });
  });

  it('sees nothing of what another one read, but for settings', async () => {
    const alice = service.user({ sessions: 2 });
    const document = 'query ($id: ID!) { user(id: $id) { sessions { id application { name } } } }';
    const calls = await callsOf(async () => {
      await service.data(document, { id: alice.id });
      await service.data(document, { id: alice.id });
    });
    expect(calls).toMatchObject({ lists: 2, searches: 2, applications: 1, tenants: 1 });
  });

  it('that decides reads fresh: its mutation lists again what its fields had read', async () => {
    const alice = service.user({ sessions: 2 });
    const calls = await callsOf(() =>
      service.data(
        `mutation ($id: ID!) {
          a: enforceSingleSession(userId: $id, dryRun: true) { user { sessions { id } } }
          b: enforceSingleSession(userId: $id, dryRun: true) { outcome }
        }`,
        { id: alice.id },
      ),
    );
    expect(calls.lists).toBe(3);
  });
});
