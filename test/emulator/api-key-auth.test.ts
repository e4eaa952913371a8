import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, RefreshToken, Tenant, User } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;
let tenant: Tenant;
let application: Application;
let user: User;
let session: RefreshToken;

beforeAll(async () => {
  emulator = await startEmulator();
  const { store } = emulator;
  tenant = store.addTenant({ name: 'Other' });
  application = store.addApplication({ name: 'Shop', tenantId: tenant.id });
  user = store.addUser({ email: 'alice@example.com', password: 'password', tenantId: tenant.id });
  session = store.addSession({ userId: user.id, applicationId: application.id });
});

afterAll(() => emulator[Symbol.asyncDispose]());

const statusOf = async (method: string, path: string, authorization: string | null, tenantId?: string) => {
  const headers = tenantId === undefined ? {} : { 'x-fusionauth-tenantid': tenantId };
  const { status, text } = await callApi(emulator, method, path, { authorization, headers });
  return status === 401 || status === 404 ? [status, text] : status;
};

describe('an API key', () => {
  it('is needed: without one, or with a wrong one, the answer is 401 without a body', async () => {
    for (const path of [`/api/user/${user.id}`, '/api/application', '/api/tenant', '/api/user/search']) {
      expect(await statusOf('GET', path, null)).toEqual([401, '']);
      expect(await statusOf('GET', path, 'wrong')).toEqual([401, '']);
    }
  });

  it('ends at its expiration instant', async () => {
    const { key } = emulator.store.addApiKey({ expirationInstant: emulator.clock.now() + 60_000 });
    expect(await statusOf('GET', '/api/tenant', key)).toBe(200);
    emulator.clock.advance(60_000);
    expect(await statusOf('GET', '/api/tenant', key)).toEqual([401, '']);
  });

  it('allows only the endpoints and methods of its permissions, ids not counting', async () => {
    const { key } = emulator.store.addApiKey({
      permissions: { endpoints: { '/api/jwt/refresh': ['GET'], '/api/user': ['GET'] } },
    });

    expect(await statusOf('GET', `/api/jwt/refresh?userId=${user.id}`, key)).toBe(200);
    expect(await statusOf('GET', `/api/jwt/refresh/${session.id}`, key)).toBe(200);
    expect(await statusOf('GET', `/api/user/${user.id}`, key)).toBe(200);
    expect(await statusOf('DELETE', `/api/jwt/refresh/${session.id}`, key)).toEqual([401, '']);
    expect(await statusOf('GET', `/api/user/search?ids=${user.id}`, key)).toEqual([401, '']);
  });

  it('may do everything when its permissions name no endpoint', async () => {
    const { key } = emulator.store.addApiKey({ permissions: { endpoints: {} } });
    expect(await statusOf('GET', '/api/tenant', key)).toBe(200);
  });
});

it.each(['/api/key', '/api/lambda', '/api/tenant/search', '/api/webhook', '/api/webhook/search'])(
  'of a tenant does not open %s, which is for the whole instance',
  async (path) => {
    const { key } = emulator.store.addApiKey({ tenantId: tenant.id });
    const method = path === '/api/tenant/search' ? 'POST' : 'GET';
    expect(await statusOf(method, path, key)).toEqual([401, '']);
    expect(await statusOf(method, path, emulator.apiKey)).toBe(200);
  },
);

it.each(['/api/webhook', '/api/webhook/search'])('no tenant can be named at %s', async (path) => {
  expect(await statusOf('GET', path, emulator.apiKey, tenant.id)).toEqual([401, '']);
});

describe('a tenant', () => {
  const paths = () => [
    `/api/user/${user.id}`,
    `/api/application/${application.id}`,
    `/api/tenant/${tenant.id}`,
    `/api/jwt/refresh/${session.id}`,
  ];

  it('sees its own records', async () => {
    const { key } = emulator.store.addApiKey({ tenantId: tenant.id });
    for (const path of paths()) {
      expect(await statusOf('GET', path, emulator.apiKey, tenant.id)).toBe(200);
      expect(await statusOf('GET', path, key)).toBe(200);
    }
  });

  it('does not find records of another tenant, by header or by key', async () => {
    const { key } = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    for (const path of paths()) {
      expect(await statusOf('GET', path, emulator.apiKey, emulator.tenantId)).toEqual([404, '']);
      expect(await statusOf('GET', path, key)).toEqual([404, '']);
    }
    expect(await statusOf('DELETE', `/api/jwt/refresh/${session.id}`, key)).toEqual([404, '']);
  });

  it('is refused with the name of the header when the header names no tenant', async () => {
    const headers = { 'x-fusionauth-tenantid': '11111111-2222-3333-4444-555555555555' };
    const answer = await callApi(emulator, 'GET', '/api/application', { headers });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ fieldErrors: { tenantId: [{ code: '[invalid]tenantId' }] } });
  });

  it('lists nothing of another tenant', async () => {
    const { key: authorization } = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    const get = async (path: string) => (await callApi(emulator, 'GET', path, { authorization })).json();

    expect(await get(`/api/jwt/refresh?userId=${user.id}`)).toEqual({ refreshTokens: [] });
    expect(await get(`/api/user/search?ids=${user.id}`)).toMatchObject({ total: 0, users: [] });
    const applications = [{ name: 'FusionAuth' }, { name: 'Tenant Manager' }];
    expect(await get('/api/application')).toMatchObject({ applications });
    expect(await get('/api/tenant')).toMatchObject({ tenants: [{ id: emulator.tenantId }] });
  });

  it('keeps its sessions when another tenant revokes by user', async () => {
    const { key } = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    expect(await statusOf('DELETE', `/api/jwt/refresh?userId=${user.id}`, key)).toBe(200);
    expect(await statusOf('DELETE', `/api/jwt/refresh?applicationId=${application.id}`, key)).toEqual([404, '']);
    expect(emulator.store.session(session.id)).toEqual(session);
  });

  it('neither verifies nor signs in the users of another tenant, nor keeps anything for them', async () => {
    application.passwordlessConfiguration = { enabled: true };
    user.parentEmail = 'parent@example.com';
    const { key: authorization } = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    const post = async (path: string, body: object) =>
      (await callApi(emulator, 'POST', path, { authorization, body })).status;

    expect(await post('/api/user/verify-email', { userId: user.id })).toBe(404);
    const start = { applicationId: application.id, loginId: 'alice@example.com' };
    expect(await post('/api/passwordless/start', start)).toBe(400);
    expect(await post('/api/user/family', { familyMember: { userId: user.id, owner: true, role: 'Adult' } })).toBe(400);
    const credentials = [{ userId: user.id, credentialId: 'a', publicKey: 'b' }];
    expect(await post('/api/webauthn/import', { credentials })).toBe(400);
    const pending = await callApi(emulator, 'GET', '/api/user/family/pending?parentEmail=parent@example.com', {
      authorization,
    });
    expect(pending.json()).toEqual({ users: [] });
  });

  it('cannot be named against the tenant of the key', async () => {
    const { key } = emulator.store.addApiKey({ tenantId: tenant.id });
    expect(await statusOf('GET', `/api/user/${user.id}`, key, emulator.tenantId)).toEqual([401, '']);
  });

  it('must be named where a login id could mean several users', async () => {
    const body = { loginId: 'alice@example.com', password: 'password' };
    const ambiguous = await callApi(emulator, 'POST', '/api/login', { body });
    const headers = { 'x-fusionauth-tenantid': tenant.id };
    const named = await callApi(emulator, 'POST', '/api/login', { body, headers });

    expect(ambiguous.status).toBe(400);
    expect(ambiguous.json()).toMatchObject({ generalErrors: [{ code: '[TenantIdRequired]' }] });
    expect(named.json()).toMatchObject({ user: { id: user.id } });
  });
});
