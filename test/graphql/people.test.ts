import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashServiceKey } from '../../src/auth/service-keys.js';
import { sendJson, startRawServer } from '../support/raw-server.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

const shopId = 'a0000000-0000-4000-8000-0000000000aa';
const unknown = 'b0000000-0000-4000-8000-00000000ffff';
const boundKey = 'a-key-that-is-bound-to-the-shop';

let service: TestService;
let alice: TestUser;

beforeAll(async () => {
  service = await startTestService({ shopId });
  alice = service.user({ email: 'alice@example.com', fullName: 'Alice Archer', verified: true });
  for (const registration of service.emulator.store.users.get(alice.id)?.registrations ?? []) {
    registration.roles = ['editor'];
  }
  await alice.login();
  await alice.login(service.console.id);
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

/** The same FusionAuth by a key that is bound to the shop. */
function startBound() {
  const sha256 = hashServiceKey(boundKey).toString('hex');
  const entry = { name: 'shop', sha256, permissions: ['session:read'], applicationIds: [shopId] };
  return startTestService({ beside: service, env: { SERVICE_KEYS: JSON.stringify([entry]) } });
}

describe('a user', () => {
  const document = `query ($id: ID!) {
    user(id: $id) {
      verified
      tenant { id name }
      registrations { applicationId application { name } roles registeredAt lastLoginAt }
    }
  }`;

  it('has a tenant, registrations, and whether the address is verified', async () => {
    expect(await service.data(document, { id: alice.id })).toEqual({
      user: {
        verified: true,
        tenant: { id: service.emulator.tenantId, name: 'Default' },
        registrations: [service.shop, service.console].map(({ id, name }) => ({
          applicationId: id,
          application: { name },
          roles: ['editor'],
          registeredAt: expect.any(String),
          lastLoginAt: expect.any(String),
        })),
      },
    });
  });

  it('shows a caller that is bound to applications the registrations there only', async () => {
    await using bound = await startBound();
    const { user } = await bound.data<{ user: { registrations: unknown[] } }>(
      'query ($id: ID!) { user(id: $id) { registrations { applicationId } } }',
      { id: alice.id },
      { key: boundKey },
    );
    expect(user.registrations).toEqual([{ applicationId: shopId }]);
  });

  it('costs one search more for the registrations of many', async () => {
    const ids = Array.from({ length: 20 }, () => service.user().id);
    await service.data('query ($ids: [ID!]!) { users(ids: $ids) { registrations { roles } } }', { ids });
    expect(service.emulator.calls.count()).toBe(2);
  });
});

describe('applications', () => {
  const document = '{ applications { id name tenant { name } } }';

  it('are those that are active, by name', async () => {
    const { applications } = await service.data<{ applications: readonly { name: string }[] }>(document);
    const names = applications.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Acme Console', 'Acme Shop']));
    expect(names).toEqual([...names].sort());
    expect(applications.find(({ name }) => name === 'Acme Shop')).toEqual({
      id: shopId,
      name: 'Acme Shop',
      tenant: { name: 'Default' },
    });
  });

  it('are those of its bounds for a bound caller', async () => {
    await using bound = await startBound();
    expect(await bound.data('{ applications { id } }', {}, { key: boundKey })).toEqual({
      applications: [{ id: shopId }],
    });
  });

  it('of another tenant are not there for a caller in one', async () => {
    const other = service.emulator.store.addTenant({ name: 'Other' });
    service.emulator.store.addApplication({ name: 'Theirs', tenantId: other.id });
    await using fresh = await startTestService({ beside: service });
    const headers = { 'x-fusionauth-tenantid': other.id };
    const { body } = await fresh.query<{ applications: { name: string }[] }>(document, {}, { headers });
    expect(body.data?.applications.map(({ name }) => name)).toEqual(['Theirs']);
  });
});

describe('recentSignIns', () => {
  const document = `query ($userId: ID!, $first: Int! = 10) {
    recentSignIns(userId: $userId, first: $first) { signedInAt ipAddress applicationId application { name } }
  }`;

  it('are the latest first, each with its application and address', async () => {
    const { recentSignIns } = await service.data<{ recentSignIns: unknown[] }>(document, { userId: alice.id });
    expect(recentSignIns).toEqual(
      [service.console, service.shop].map(({ id, name }) => ({
        signedInAt: expect.any(String),
        ipAddress: '127.0.0.1',
        applicationId: id,
        application: { name },
      })),
    );
    const one = await service.data<{ recentSignIns: unknown[] }>(document, { userId: alice.id, first: 1 });
    expect(one.recentSignIns).toEqual(recentSignIns.slice(0, 1));
  });

  it('are none of an unknown user, nor of one of another tenant', async () => {
    expect(await service.data(document, { userId: unknown })).toEqual({ recentSignIns: [] });
    const other = service.emulator.store.addTenant({ name: 'Another' });
    const headers = { 'x-fusionauth-tenantid': other.id };
    const { body } = await service.query(document, { userId: alice.id }, { headers });
    expect(body.data).toEqual({ recentSignIns: [] });
  });

  it('are those of its bounds for a bound caller', async () => {
    await using bound = await startBound();
    const { recentSignIns } = await bound.data<{ recentSignIns: unknown[] }>(
      document,
      { userId: alice.id },
      { key: boundKey },
    );
    expect(recentSignIns).toMatchObject([{ applicationId: shopId }]);
  });

  it('are null where FusionAuth does not let the service read them', async () => {
    const endpoints = { '/api/jwt/refresh': ['GET', 'DELETE'], '/api/user/search': ['POST'] };
    await using service2 = await startTestService({ beside: service, apiKey: { permissions: { endpoints } } });
    expect(await service2.data(document, { userId: alice.id })).toEqual({ recentSignIns: null });
  });

  it('are null where a proxy does not let the service read them', async () => {
    await using server = await startRawServer((response, { url }) => {
      if (url === '/api/user/search') sendJson(response, JSON.stringify({ users: [{ id: alice.id }] }));
      else response.writeHead(403).end('<html>Forbidden</html>');
    });
    const env = { FUSIONAUTH_URL: server.url };
    await using service2 = await startTestService({ beside: service, env });
    expect(await service2.data(document, { userId: alice.id })).toEqual({ recentSignIns: null });
  });

  it('leave out a record that cannot be shown, and no other one', async () => {
    const path = '/api/system/login-record/search';
    const odd = [{}, null, 'x', { instant: '2026-11-28' }, { instant: 1.5 }, { instant: 1e300 }];
    const map = (body: unknown) => ({ logins: [...odd, ...(body as { logins: unknown[] }).logins] });
    service.emulator.faults.add({ path, times: 1, fault: { kind: 'mapBody', map } });
    const { recentSignIns } = await service.data<{ recentSignIns: unknown[] }>(document, { userId: alice.id });
    expect(recentSignIns).toHaveLength(2);
  });

  it('of a tenant can be read by a key for all tenants only', async () => {
    const { tenantId } = service.emulator;
    await using service2 = await startTestService({ beside: service, apiKey: { tenantId } });
    expect(await service2.data(document, { userId: alice.id })).toEqual({ recentSignIns: null });
  });

  it('refuses a page that is empty or too long', async () => {
    for (const first of [0, 101]) {
      const { body } = await service.query(document, { userId: alice.id, first });
      expect(body.errors).toMatchObject([{ message: 'first must be from 1 to 100.' }]);
    }
  });
});

describe('the viewer', () => {
  const document = '{ viewer { displayName tenants { id name } } }';

  it('is called by its name, and has the tenants that there are', async () => {
    const { viewer } = await service.data<{ viewer: { displayName: string; tenants: { name: string }[] } }>(document);
    expect(viewer.displayName).toMatch(/^test-\d+$/);
    expect(viewer.tenants.map(({ name }) => name)).toContain('Default');
  });

  it('is called by the name, the address or the user name of the person, and has the tenant of the person', async () => {
    const env = { ACCESS_TOKEN_ISSUERS: 'acme.com', ACCESS_TOKEN_AUDIENCES: shopId };
    await using people = await startTestService({ beside: service, env });
    const bob = service.user({ email: 'bob@example.com' });
    for (const [user, displayName] of [
      [alice, 'Alice Archer'],
      [bob, 'bob@example.com'],
    ] as const) {
      const { token } = await user.login(shopId);
      expect(await people.data(document, {}, { key: token })).toEqual({
        viewer: { displayName, tenants: [{ id: service.emulator.tenantId, name: 'Default' }] },
      });
    }
  });
});
