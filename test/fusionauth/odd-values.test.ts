import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  // Settings are read anew by every operation, so that each run sees its own.
  service = await startTestService({ env: { SETTINGS_MAX_AGE_MS: '1', RATE_LIMIT_POINTS: '1000000' } });
});

afterAll(() => service[Symbol.asyncDispose]());

type Json = Record<string, unknown>;

/** Any JSON, and what is odd about numbers, texts and instants. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', 'x', -1, 0, 0.5, 1e300, -1e300, 8.64e15, 8.64e15 + 2, -8.64e15, 2 ** 53, 2 ** 31, [], {}, [
    [],
  ]),
);

/** What the records of FusionAuth hold that is only shown, by path. */
const shown = {
  session: [
    'startInstant',
    'tenantId',
    'metaData',
    'metaData.scopes',
    'metaData.device',
    'metaData.device.name',
    'metaData.device.description',
    'metaData.device.type',
    'metaData.device.lastAccessedAddress',
    'metaData.device.lastAccessedInstant',
    'metaData.resources',
    'metaData.data',
    'data',
    'token',
  ],
  application: [
    'name',
    'tenantId',
    'jwtConfiguration',
    'jwtConfiguration.enabled',
    'jwtConfiguration.timeToLiveInSeconds',
    'jwtConfiguration.refreshTokenTimeToLiveInMinutes',
    'jwtConfiguration.refreshTokenExpirationPolicy',
    'jwtConfiguration.refreshTokenSlidingWindowConfiguration',
    'jwtConfiguration.refreshTokenSlidingWindowConfiguration.maximumTimeToLiveInMinutes',
    'oauthConfiguration',
    'data',
    'id',
  ],
  tenant: [
    'httpSessionMaxInactiveInterval',
    'jwtConfiguration',
    'jwtConfiguration.timeToLiveInSeconds',
    'jwtConfiguration.refreshTokenTimeToLiveInMinutes',
    'jwtConfiguration.refreshTokenExpirationPolicy',
    'name',
    'id',
  ],
  user: [
    'email',
    'username',
    'fullName',
    'firstName',
    'lastName',
    'active',
    'lastLoginInstant',
    'data',
    'registrations',
  ],
} as const;

type Kind = keyof typeof shown;

/** Some members of each kind of record, with what they become. */
const changes = (kind: Kind) =>
  fc
    .array(fc.tuple(fc.constantFrom(...shown[kind]), anything), { maxLength: 4 })
    .map(
      (list) => (record: unknown) =>
        list.reduce((changed, [path, value]) => withValue(changed, path.split('.'), value), record as Json),
    );

function withValue(record: unknown, [name = '', ...rest]: readonly string[], value: unknown): Json {
  const known = typeof record === 'object' && record !== null && !Array.isArray(record) ? (record as Json) : {};
  return { ...known, [name]: rest.length === 0 ? value : withValue(known[name], rest, value) };
}

const everyChange = fc.record({
  session: changes('session'),
  application: changes('application'),
  tenant: changes('tenant'),
  user: changes('user'),
});

type Changes = typeof everyChange extends fc.Arbitrary<infer T> ? T : never;

/** Has FusionAuth answer with the changed records. */
function answerWith({ session, application, tenant, user }: Changes): void {
  const { faults } = service.emulator;
  const list = (path: string, member: string, change: (record: unknown) => unknown) =>
    faults.add({
      path,
      fault: {
        kind: 'mapBody',
        map: (body) => {
          const { [member]: records, ...rest } = body as Json;
          return { ...rest, [member]: Array.isArray(records) ? records.map(change) : records };
        },
      },
    });
  faults.clear();
  list('/api/jwt/refresh', 'refreshTokens', session);
  list('/api/application', 'applications', application);
  list('/api/tenant', 'tenants', tenant);
  list('/api/user/search', 'users', user);
  faults.add({
    method: 'GET',
    path: '/api/jwt/refresh/:id',
    fault: { kind: 'mapBody', map: (body) => ({ refreshToken: session((body as Json)['refreshToken']) }) },
  });
}

const everything = `id userId applicationId kind state createdAt lastAccessedAt expiresAt isCurrent ipAddress scopes
  device { name description type }
  application { id name accessTokenLifetimeSeconds }
  user { id email username displayName active lastLoginAt }`;

const anyState = 'filter: { states: [ACTIVE, EXPIRED] }';

describe('whatever FusionAuth says of what is only shown', () => {
  it('all sessions are listed, found and can be ended', async () => {
    await fc.assert(
      fc.asyncProperty(everyChange, async (change) => {
        service.emulator.faults.clear();
        const alice = service.user({ sessions: 2, ssoSessions: 1 });
        const ids = alice.liveIds();
        answerWith(change);
        service.emulator.clock.advance(2);
        const [first = ''] = ids;
        const { body } = await service.query<{ sessions: { id: string }[]; session: { id: string } }>(
          `query ($userId: ID!, $id: ID!) {
            sessions(userId: $userId, ${anyState}) { ${everything} }
            session(id: $id) { ${everything} }
            sessionPolicy(applicationId: "${service.shop.id}") { idleLifetimeSeconds absoluteLifetimeSeconds accessTokenLifetimeSeconds }
          }`,
          { userId: alice.id, id: first },
        );
        expect(body.errors).toBeUndefined();
        expect(body.data?.sessions.map(({ id }) => id).sort()).toEqual([...ids].sort());
        expect(body.data?.session.id).toBe(first);

        const enforced = await service.query(
          `mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }`,
          { userId: alice.id },
        );
        expect(enforced.body).toMatchObject({ data: { enforceSingleSession: { outcome: 'ENFORCED' } } });
        expect(alice.liveIds()).toHaveLength(2);
        for (const id of alice.liveIds()) {
          const revoked = await service.query('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
            id,
          });
          expect(revoked.body).toMatchObject({ data: { revokeSession: { outcome: 'REVOKED' } } });
        }
        expect(alice.liveIds()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
