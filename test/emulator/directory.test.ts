import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

const get = async (path: string) => (await callApi(emulator, 'GET', path)).json();

it('finds the users with these ids and leaves out unknown ones, by GET and by POST', async () => {
  const alice = emulator.store.addUser({ username: 'alice' });
  const bob = emulator.store.addUser({ username: 'bob' });
  const ids = [alice.id, '00000000-0000-0000-0000-000000000099', bob.id.toUpperCase()];
  const expected = { total: 2, users: [{ id: alice.id }, { id: bob.id }] };

  expect(await get(`/api/user/search?${ids.map((id) => `ids=${id}`).join('&')}`)).toMatchObject(expected);
  const posted = await callApi(emulator, 'POST', '/api/user/search', { body: { search: { ids } } });
  expect(posted.json()).toMatchObject(expected);
});

it('takes 10,000 ids in one URL', async () => {
  const { id } = emulator.store.addUser();
  const query = `ids=${id}&`.repeat(10_000).slice(0, -1);
  expect(await get(`/api/user/search?${query}`)).toMatchObject({ total: 1, users: [{ id }] });
});

it('fails the whole search for one malformed id', async () => {
  const { id } = emulator.store.addUser();
  const answer = await callApi(emulator, 'GET', `/api/user/search?ids=${id}&ids=nonsense`);

  expect(answer.status).toBe(400);
  expect(answer.json()).toEqual({
    fieldErrors: { ids: [{ code: '[couldNotConvert]ids', message: 'Invalid' }] },
    generalErrors: [
      { code: '[invalid]', message: 'You must specify either the [ids], [queryString], or [query] property.' },
    ],
  });
});

it('returns a user with registrations and identities and without credentials', async () => {
  const shop = emulator.store.addApplication({ name: 'Shop' });
  const { id } = emulator.store.addUser({ email: 'Eve@example.com', password: 'password', applicationIds: [shop.id] });

  const answer = await callApi(emulator, 'GET', `/api/user/${id}`);

  expect(answer.json()).toMatchObject({
    user: {
      id,
      email: 'Eve@example.com',
      tenantId: emulator.tenantId,
      active: true,
      registrations: [{ applicationId: shop.id }],
      identities: [{ type: 'email', value: 'eve@example.com', primary: true }],
    },
  });
  expect(answer.text).not.toMatch(/"(password|salt|factor|encryptionScheme)":/);
});

it('answers 404 without a body for unknown ids and 400 for malformed ones', async () => {
  for (const path of ['/api/user', '/api/application', '/api/tenant', '/api/jwt/refresh']) {
    const unknown = await callApi(emulator, 'GET', `${path}/00000000-0000-0000-0000-000000000099`);
    expect([unknown.status, unknown.text]).toEqual([404, '']);
    const malformed = await callApi(emulator, 'GET', `${path}/nonsense`);
    expect(malformed.status).toBe(400);
    expect(malformed.text).toContain('[couldNotConvert]');
  }
});

it('lists active applications, or inactive ones when asked', async () => {
  const gone = emulator.store.addApplication({ name: 'Gone', active: false });

  expect(JSON.stringify(await get('/api/application'))).not.toContain(gone.id);
  expect(await get('/api/application?inactive=true')).toMatchObject({ applications: [{ id: gone.id }] });
});

it('searches applications by tenant, and applications, groups and tenants by names with wildcards', async () => {
  const { store } = emulator;
  const tenant = store.addTenant({ name: 'Northern Lights' });
  for (const name of ['Acme Shop', 'Acme Console']) store.addApplication({ name, tenantId: tenant.id });
  await callApi(emulator, 'POST', '/api/group', {
    body: { group: { name: 'Acme Admins' } },
    headers: { 'x-fusionauth-tenantid': tenant.id },
  });
  const names = async (kind: string, search: object) => {
    const answer = await callApi(emulator, 'POST', `/api/${kind}/search`, { body: { search } });
    return (answer.json() as Record<string, { name: string }[]>)[`${kind}s`]?.map(({ name }) => name);
  };

  expect(await names('application', { tenantId: tenant.id })).toEqual(['Acme Shop', 'Acme Console']);
  expect(await names('application', { name: 'acme*' })).toEqual(['Acme Shop', 'Acme Console']);
  expect(await names('application', { name: 'acme*shop' })).toEqual(['Acme Shop']);
  expect(await names('application', { name: 'acme*shop', tenantId: store.defaultTenantId })).toEqual([]);
  expect(await names('tenant', { name: 'north*ts' })).toEqual(['Northern Lights']);
  expect(await names('tenant', { name: 'lights*' })).toEqual([]);
  expect(await names('group', { name: 'a*admins' })).toEqual(['Acme Admins']);
  expect(await names('group', { name: 'ADMIN' })).toEqual(['Acme Admins']);
});

it('tells its health to anybody and its version to callers with a key', async () => {
  const anonymous = { authorization: null };
  const health = await callApi(emulator, 'GET', '/api/health', anonymous);
  expect([health.status, health.text]).toEqual([200, '']);
  expect((await callApi(emulator, 'GET', '/api/status', anonymous)).json()).toEqual({ status: 'ok' });
  expect((await callApi(emulator, 'GET', '/api/system/version', anonymous)).status).toBe(401);
  expect(await get('/api/system/version')).toEqual({ version: '1.69.1' });
});

it('answers 404 without a body for paths it does not have', async () => {
  const answer = await callApi(emulator, 'GET', '/api/nothing');
  expect([answer.status, answer.text]).toEqual([404, '']);
});

it('rejects with the listen error when the port is busy', async () => {
  const port = Number(new URL(emulator.url).port);
  await expect(startEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
