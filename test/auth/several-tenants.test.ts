import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Application } from '../../src/emulator/store/records.js';
import type { TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';
import {
  acmeId,
  addUsers,
  globexId,
  keys,
  missingId,
  naming,
  sessionIds,
  sessionsDocument,
  sorted,
  startTwoTenants,
  type TwoTenants,
} from './two-tenants.js';

let tenants: TwoTenants;
let service: TestService;
let globexShop: Application;
/** Of acme. */
let alice: TestUser;
/** Of globex. */
let gus: TestUser;

beforeAll(async () => {
  tenants = await startTwoTenants();
  ({ service, globexShop } = tenants);
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(() => {
  ({ alice, gus } = addUsers(tenants));
});

describe('a key for several tenants', () => {
  it('must name one, and then works in that', async () => {
    const { status, body } = await service.query(sessionsDocument, { userId: gus.id }, { key: keys.both });
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
    expect(body.errors?.[0]?.message).toContain('X-FusionAuth-TenantId');
    expect(await sessionIds(service, gus, keys.both, naming(globexId))).toEqual(sorted(gus.liveIds()));
    expect(await sessionIds(service, gus, keys.both, naming(globexId.toUpperCase()))).toEqual(sorted(gus.liveIds()));
    expect(await sessionIds(service, gus, keys.both, naming(acmeId))).toEqual([]);
  });

  it.each(['', 'globex', `${globexId};${acmeId}`, `${globexId}/`, '../api/tenant', '__proto__'])(
    'cannot name it as %j',
    async (tenantId) => {
      service.emulator.calls.clear();
      const options = { key: keys.both, headers: naming(tenantId) };
      const { status, body } = await service.query(sessionsDocument, { userId: gus.id }, options);
      expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
      expect(service.emulator.calls.count()).toBe(0);
    },
  );
});

describe('a key for any tenant', () => {
  it('reaches all of them when it names none, and the named one only when it does', async () => {
    expect(await sessionIds(service, alice, keys.any)).toHaveLength(3);
    expect(await sessionIds(service, gus, keys.any)).toHaveLength(3);
    expect(await sessionIds(service, gus, keys.any, naming(globexId))).toHaveLength(3);
    expect(await sessionIds(service, gus, keys.any, naming(acmeId))).toEqual([]);
  });

  it.each([
    ['sessions', 'query ($userId: ID!) { sessions(userId: $userId) { id } }'],
    ['a page', 'query ($userId: ID!) { sessionsConnection(userId: $userId) { totalCount } }'],
    ['a session', 'query ($userId: ID!) { session(id: $userId) { id } }'],
    ['a user', 'query ($userId: ID!) { user(id: $userId) { id } }'],
    ['users', 'query ($userId: ID!) { users(ids: [$userId]) { sessionCount } }'],
    ['lifetimes', '{ sessionPolicy { absoluteLifetimeSeconds } }'],
    ['a revocation', 'mutation ($userId: ID!) { revokeSession(sessionId: $userId) { outcome } }'],
    [
      'revocations',
      'mutation ($userId: ID!) { revokeSessions(input: { userId: $userId, reason: ADMIN_REQUEST }) { revokedCount } }',
    ],
    [
      'revocations by ids',
      'mutation ($userId: ID!) { revokeSessions(input: { sessionIds: [$userId], reason: ADMIN_REQUEST }) { revokedCount } }',
    ],
    ['a search', '{ searchUsers(text: "gus") { totalCount } }'],
    ['sign-ins', 'query ($userId: ID!) { recentSignIns(userId: $userId) { signedInAt } }'],
    ['limits', 'query ($userId: ID!) { sessionPolicy(userId: $userId) { version } }'],
    ['a policy', 'mutation ($userId: ID!) { enforcePolicy(userId: $userId) { outcome } }'],
    [
      'an enforcement',
      'mutation ($userId: ID!) { enforceSessionLimit(input: { userId: $userId, maxSessions: 1 }) { revokedCount } }',
    ],
  ])('is answered, for %s of a tenant that does not exist, that its header is wrong', async (_what, document) => {
    const logged = service.logs.length;
    const options = { key: keys.any, headers: naming(randomUUID()) };
    const variables = document.includes('$userId') ? { userId: gus.id } : {};
    const { body } = await service.query(document, variables, options);
    expect(body.errors).toMatchObject([
      {
        message: expect.stringContaining('X-FusionAuth-TenantId'),
        extensions: { code: 'BAD_USER_INPUT', argument: ['X-FusionAuth-TenantId'] },
      },
    ]);
    expect(service.logs.slice(logged).filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });
});

describe('the lifetimes of a tenant', () => {
  const lifetimesOf = async (key: string, user: TestUser, headers = {}) => {
    const document = 'query ($userId: ID!) { sessions(userId: $userId) { kind createdAt expiresAt } }';
    const { sessions } = await service.data<{ sessions: { kind: string; createdAt: string; expiresAt: string }[] }>(
      document,
      { userId: user.id },
      { key, headers },
    );
    const minutes = sessions.map(({ kind, createdAt, expiresAt }) => {
      const livesMinutes = (Date.parse(expiresAt) - Date.parse(createdAt)) / 60_000;
      return `${kind} ${livesMinutes}`;
    });
    return [...new Set(minutes)].sort();
  };

  it('decide when its sessions expire, side by side with those of another', async () => {
    const ofAcme = ['APPLICATION 43200', 'SSO 60'];
    const ofGlobex = ['APPLICATION 60', 'SSO 10'];
    expect(await lifetimesOf(keys.acme, alice)).toEqual(ofAcme);
    expect(await lifetimesOf(keys.globex, gus)).toEqual(ofGlobex);
    expect(await lifetimesOf(keys.acme, alice)).toEqual(ofAcme);
    expect(await lifetimesOf(keys.any, alice)).toEqual(ofAcme);
    expect(await lifetimesOf(keys.any, gus)).toEqual(ofGlobex);
    expect(await lifetimesOf(keys.both, gus, naming(globexId))).toEqual(ofGlobex);
  });

  it('are answered for the tenant of the caller, and for none where that is open', async () => {
    const document = '{ sessionPolicy { absoluteLifetimeSeconds accessTokenLifetimeSeconds } }';
    expect(await service.data(document, {}, { key: keys.globex })).toEqual({
      sessionPolicy: { absoluteLifetimeSeconds: 3_600, accessTokenLifetimeSeconds: 60 },
    });
    expect(await service.data(document, {}, { key: keys.acme })).toMatchObject({
      sessionPolicy: { accessTokenLifetimeSeconds: 3_600 },
    });
    expect(await service.data(document, {}, { key: keys.any })).toEqual({ sessionPolicy: null });
  });
});

describe('several tenants in the header', () => {
  const feed = '{ revocationsCompleteSince revocations { sessionId } }';

  it('are followed together by what the service remembers, and by nothing of another tenant', async () => {
    const [ofAlice, ofGus] = [alice.sessions[0]?.id ?? '', gus.addSession({ applicationId: globexShop.id }).id];
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
    await service.data(revoke, { id: ofAlice }, { key: keys.acme });
    await service.data(revoke, { id: ofGus }, { key: keys.globex });
    const seen = async (key: string, tenants: string) => {
      const { revocations } = await service.data<{ revocations: { sessionId: string }[] }>(
        feed,
        {},
        { key, headers: naming(tenants) },
      );
      return [ofAlice, ofGus].map((id) => revocations.some(({ sessionId }) => sessionId === id));
    };
    expect(await seen(keys.both, `${acmeId},${globexId}`)).toEqual([true, true]);
    expect(await seen(keys.any, `${acmeId}, ${globexId}`)).toEqual([true, true]);
    expect(await seen(keys.any, `${acmeId},${missingId}`)).toEqual([true, false]);
  });

  it.each([
    ['another one', keys.both, `${acmeId},${missingId}`, 403],
    ['one key cannot act in', keys.acme, `${acmeId},${globexId}`, 403],
    ['what is no tenant', keys.both, `${acmeId},x`, 400],
    ['too many', keys.any, Array.from({ length: 101 }, () => randomUUID()).join(), 400],
  ])('with %s are refused', async (_what, key, tenants, status) => {
    expect((await service.query(feed, {}, { key, headers: naming(tenants) })).status).toBe(status);
  });

  it.each([
    'query ($id: ID!) { sessions(userId: $id) { id } }',
    'query ($id: ID!) { user(id: $id) { id } }',
    'query ($id: ID!) { session(id: $id) { id } }',
    'query ($id: ID!) { liveSessions(ids: [$id]) { status } }',
    'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }',
    'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }',
  ])('are not accepted by %s, which asks FusionAuth about one', async (document) => {
    service.emulator.calls.clear();
    const headers = naming(`${acmeId},${globexId}`);
    const { body } = await service.query(document, { id: alice.id }, { key: keys.both, headers });
    expect(body.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: expect.stringContaining('Name one tenant'),
    });
    expect(service.emulator.calls.all()).toEqual([]);
  });
});
