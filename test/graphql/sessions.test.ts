import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

const now = Date.parse('2026-01-31T12:00:00.000Z');
const hourMs = 3_600_000;

let service: TestService;
let alice: TestUser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  service = await startTestService();
  service.emulator.clock.set(now);
  alice = service.user({ email: 'alice@example.com' });
  const add = (name: string, ageHours: number, session: Parameters<TestUser['addSession']>[0] = {}) => {
    ids[name] = alice.addSession({ insertInstant: now - ageHours * hourMs, ...session }).id;
  };
  add('tablet', 9 * 24, { device: { name: 'iPad', type: 'Tablet', lastAccessedInstant: now - 3 * hourMs } });
  add('laptop', 48, { device: { type: 'LAPTOP', lastAccessedInstant: now - 5 * hourMs }, scopes: ['openid'] });
  add('desktop', 26, { applicationId: service.console.id });
  add('phone', 2, {
    device: {
      name: 'Pixel 9',
      description: 'Chrome on Android',
      type: 'MOBILE',
      lastAccessedAddress: '203.0.113.17',
      lastAccessedInstant: now - 600_000,
    },
    scopes: ['openid', 'offline_access'],
  });
  add('sso', 0.5, { applicationId: undefined });
});

afterAll(() => service[Symbol.asyncDispose]());

const document = `
  query Sessions($userId: ID!, $filter: SessionFilter, $orderBy: SessionOrder) {
    sessions(userId: $userId, filter: $filter, orderBy: $orderBy) { id }
  }`;

async function names(variables: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const { sessions } = await service.data<{ sessions: { id: string }[] }>(document, { userId: alice.id, ...variables });
  return sessions.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id) ?? id);
}

describe('sessions', () => {
  it('tells everything about a session but its secret', async () => {
    const data = await service.data(
      `query ($userId: ID!) {
        sessions(userId: $userId, filter: { deviceTypes: ["mobile"] }) {
          id userId applicationId kind state createdAt lastAccessedAt expiresAt ipAddress scopes
          device { name description type }
          user { email }
          application { name accessTokenLifetimeSeconds }
        }
      }`,
      { userId: alice.id },
    );
    expect(data).toEqual({
      sessions: [
        {
          id: ids['phone'],
          userId: alice.id,
          applicationId: service.shop.id,
          kind: 'APPLICATION',
          state: 'ACTIVE',
          createdAt: '2026-01-31T10:00:00.000Z',
          lastAccessedAt: '2026-01-31T11:50:00.000Z',
          expiresAt: '2026-03-02T10:00:00.000Z',
          ipAddress: '203.0.113.17',
          scopes: ['openid', 'offline_access'],
          device: { name: 'Pixel 9', description: 'Chrome on Android', type: 'MOBILE' },
          user: { email: 'alice@example.com' },
          application: { name: 'Acme Shop', accessTokenLifetimeSeconds: 3_600 },
        },
      ],
    });
  });

  it('answers nulls for what FusionAuth does not say', async () => {
    const data = await service.data(
      `query ($userId: ID!) {
        sessions(userId: $userId, filter: { kinds: [SSO] }) {
          applicationId application { name } lastAccessedAt ipAddress scopes device { name description type } expiresAt
        }
      }`,
      { userId: alice.id },
    );
    expect(data).toEqual({
      sessions: [
        {
          applicationId: null,
          application: null,
          lastAccessedAt: null,
          ipAddress: null,
          scopes: [],
          device: { name: null, description: null, type: null },
          expiresAt: '2026-01-31T12:30:00.000Z',
        },
      ],
    });
  });

  it.each<[string, object, readonly string[]]>([
    ['all, newest first', {}, ['sso', 'phone', 'desktop', 'laptop', 'tablet']],
    ['those of one kind', { kinds: ['APPLICATION'] }, ['phone', 'desktop', 'laptop', 'tablet']],
    ['those of device types in any case', { deviceTypes: ['tablet', 'Laptop'] }, ['laptop', 'tablet']],
    [
      'those created in a span, from inclusive to exclusive',
      { createdAt: { after: '2026-01-29T12:00:00Z', before: '2026-01-31T10:00:00Z' } },
      ['desktop', 'laptop'],
    ],
    [
      'those created in a span given in another time zone',
      { createdAt: { after: '2026-01-31T11:00:00+01:00' } },
      ['sso', 'phone'],
    ],
    ['those last used in a span', { lastAccessedAt: { before: '2026-01-31T09:00:00Z' } }, ['laptop']],
    ['expired ones, of which FusionAuth lists none', { states: ['EXPIRED'] }, []],
    ['none for an empty list', { kinds: [] }, []],
  ])('lists %s', async (_what, filter, expected) => {
    expect(await names({ filter })).toEqual(expected);
  });

  it('lists those of applications', async () => {
    expect(await names({ filter: { applicationIds: [service.console.id] } })).toEqual(['desktop']);
  });

  it.each<[object, readonly string[]]>([
    [{}, ['sso', 'phone', 'desktop', 'laptop', 'tablet']],
    [{ direction: 'ASC' }, ['tablet', 'laptop', 'desktop', 'phone', 'sso']],
    [{ field: 'LAST_ACCESSED_AT' }, ['phone', 'tablet', 'laptop', 'sso', 'desktop']],
    [{ field: 'LAST_ACCESSED_AT', direction: 'ASC' }, ['laptop', 'tablet', 'phone', 'sso', 'desktop']],
    [{ field: 'EXPIRES_AT', direction: 'ASC' }, ['sso', 'tablet', 'laptop', 'desktop', 'phone']],
  ])('orders by %j, those without the instant last', async (orderBy, expected) => {
    expect(await names({ orderBy })).toEqual(expected);
  });

  it('answers [] for a user FusionAuth does not know', async () => {
    expect(await names({ userId: '00000000-0000-0000-0000-111111111111' })).toEqual([]);
  });

  it('accepts the user id in capitals', async () => {
    expect(await names({ userId: alice.id.toUpperCase() })).toHaveLength(5);
  });

  it.each([
    ['userId', { userId: 'alice' }, ['userId']],
    ['userId', { userId: '../user' }, ['userId']],
    ['an application id', { filter: { applicationIds: ['shop'] } }, ['filter', 'applicationIds', '0']],
    [
      'too many application ids',
      { filter: { applicationIds: Array.from({ length: 101 }, () => '00000000-0000-0000-0000-111111111111') } },
      ['filter', 'applicationIds'],
    ],
    [
      'too many device types',
      { filter: { deviceTypes: Array.from({ length: 101 }, () => 'TV') } },
      ['filter', 'deviceTypes'],
    ],
  ])(
    'refuses an unusable argument (%s), naming it and asking FusionAuth nothing',
    async (_what, variables, argument) => {
      service.emulator.calls.clear();
      const { body } = await service.query(document, { userId: alice.id, ...variables });
      expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
      expect(service.emulator.calls.count()).toBe(0);
    },
  );

  it.each([
    ['an unknown enum value', { filter: { kinds: ['ROBOT'] } }],
    ['a date without a zone', { filter: { createdAt: { after: '2026-01-31' } } }],
    ['a number as a date', { filter: { createdAt: { after: 1_738_324_800 } } }],
    ['an unknown member', { filter: { colour: 'red' } }],
  ])('refuses %s in the variables', async (_what, variables) => {
    const { status, body } = await service.query(document, { userId: alice.id, ...variables });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('session', () => {
  const one = 'query ($id: ID!) { session(id: $id) { id kind user { id } } }';

  it('answers one session', async () => {
    expect(await service.data(one, { id: ids['phone'] })).toEqual({
      session: { id: ids['phone'], kind: 'APPLICATION', user: { id: alice.id } },
    });
  });

  it('answers null alike for one that never existed, was revoked or has expired', async () => {
    const revoked = alice.addSession();
    service.emulator.store.sessions.delete(revoked.id);
    const expired = alice.addSession({ insertInstant: now - 31 * 24 * hourMs });
    for (const id of ['c0000000-0000-4000-8000-00000000ffff', revoked.id, expired.id]) {
      expect(await service.data(one, { id })).toEqual({ session: null });
    }
  });

  it('refuses what is not a UUID', async () => {
    const { body } = await service.query(one, { id: '1' });
    expect(body).toMatchObject({
      data: { session: null },
      errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: ['id'] } }],
    });
  });
});

it('a session that has expired by its settings is not listed even while FusionAuth still lists it', async () => {
  const bob = service.user();
  const live = bob.addSession({ insertInstant: now });
  const stale = bob.addSession({ insertInstant: now - 1 });
  const map = (body: unknown) => {
    const { refreshTokens } = body as { refreshTokens: { id: string }[] };
    const monthMs = 30 * 24 * hourMs;
    return {
      refreshTokens: refreshTokens.map((token) =>
        token.id === stale.id ? { ...token, startInstant: now - monthMs - 1, insertInstant: now - monthMs - 1 } : token,
      ),
    };
  };
  const fault = service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'mapBody', map } });
  const both =
    'query ($userId: ID!) { live: sessions(userId: $userId) { id } all: sessions(userId: $userId, filter: { states: [ACTIVE, EXPIRED] }) { id state } }';
  expect(await service.data(both, { userId: bob.id })).toEqual({
    live: [{ id: live.id }],
    all: [
      { id: live.id, state: 'ACTIVE' },
      { id: stale.id, state: 'EXPIRED' },
    ],
  });
  fault.remove();
});
