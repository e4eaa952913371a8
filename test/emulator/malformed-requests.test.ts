import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { EventType } from '@fusionauth/typescript-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

async function sendText(text: string, method = 'POST', path = '/api/login') {
  const headers = { authorization: emulator.apiKey, 'content-type': 'application/json' };
  const answer = await fetch(`${emulator.url}${path}`, { method, headers, body: text });
  return { status: answer.status, text: await answer.text() };
}

it.each(['{', '[]', '"text"', 'null'])('answers the body %s with [invalidJSON]', async (text) => {
  const answer = await sendText(text);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({ generalErrors: [{ code: '[invalidJSON]' }] });
});

it.each([
  ['POST', '/api/login', { loginId: { a: 5 } }, 'loginId'],
  ['POST', '/api/login', { applicationId: 'shop' }, 'applicationId'],
  ['POST', '/api/jwt/refresh', { refreshToken: 'x', timeToLiveInSeconds: 'long' }, 'timeToLiveInSeconds'],
  ['DELETE', '/api/jwt/refresh', { userId: 'alice' }, 'userId'],
  ['POST', '/api/user', { user: { email: [] } }, 'user.email'],
  [
    'POST',
    '/api/tenant',
    { tenant: { httpSessionMaxInactiveInterval: 'long' } },
    'tenant.httpSessionMaxInactiveInterval',
  ],
  ['POST', '/api/application', { application: { oauthConfiguration: 1 } }, 'application.oauthConfiguration'],
  ['GET', '/api/user/search?queryString=*&startRow=-1', undefined, 'startRow'],
])('names the member of a wrong type: %s %s %j', async (method, path, body, field) => {
  const answer = await callApi(emulator, method, path, { body });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ fieldErrors: { [field]: [{ code: `[couldNotConvert]${field}` }] } });
});

describe('an event', () => {
  const timeouts = { connectTimeout: 1_000, readTimeout: 1_000 };
  const addWebhook = (name: string) => {
    const webhook = { url: 'http://127.0.0.1:1/', ...timeouts, eventsEnabled: { [name]: true } };
    return callApi(emulator, 'POST', '/api/webhook', { body: { webhook } });
  };
  const patchTenant = (name: string) => {
    const body = { tenant: { eventConfiguration: { events: { [name]: { enabled: false } } } } };
    return callApi(emulator, 'PATCH', `/api/tenant/${emulator.store.defaultTenantId}`, { body });
  };

  it.each(Object.values(EventType))('of FusionAuth may be switched on and off: %s', async (name) => {
    expect((await addWebhook(name)).status).toBe(200);
    expect((await patchTenant(name)).status).toBe(200);
  });

  it('that FusionAuth does not know is refused by its name', async () => {
    for (const [call, path] of [
      [addWebhook, 'webhook.eventsEnabled'],
      [patchTenant, 'tenant.eventConfiguration.events'],
    ] as const) {
      const answer = await call('user.login.sucess');
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`"${path}.user.login.sucess"`)]);
    }
  });
});

it.each([
  ['/api/tenant', 'tenant'],
  ['/api/application', 'application'],
  ['/api/user', 'user'],
  ['/api/webhook', 'webhook'],
  ['/api/api-key', 'apiKey'],
])('names the missing record of POST %s', async (path, member) => {
  const answer = await callApi(emulator, 'POST', path, { body: {} });
  expect(answer.json()).toMatchObject({ fieldErrors: { [member]: [{ code: `[missing]${member}` }] } });
});

it.each([
  [
    'POST',
    'text/plain;charset=UTF-8',
    '[InvalidContentType]',
    'Supported values for this request include [application/json].',
  ],
  ['PUT', 'application/x-www-form-urlencoded', '[InvalidContentType]', '[application/x-www-form-urlencoded]'],
  ['POST', 'application/merge-patch+json', '[InvalidContentType]', 'include [application/json].'],
  ['PATCH', 'text/plain', '[InvalidContentType]', 'application/json-patch+json, application/merge-patch+json]'],
  ['POST', 'application/klingon', '[UnsupportedContentType]', 'value of [application/klingon]'],
  ['POST', undefined, '[MissingContentType]', '[Content-Type]'],
])('%s refuses JSON that is called %s', async (method, type, code, words) => {
  const { id } = emulator.store.addUser({ username: `worf ${method} ${type}`, password: 'password' });
  const body = new TextEncoder().encode('{"user":{"username":"worf"}}');
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  const path = `/api/user${method === 'POST' ? '' : `/${id}`}`;
  const answer = await fetch(`${emulator.url}${path}`, {
    method,
    body,
    headers: { authorization: emulator.apiKey, ...headers },
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { fieldErrors: {}, generalErrors: [{ code, message: expect.stringContaining(words) }] },
  ]);
});

it.each(['text/plain', 'application/x-www-form-urlencoded'])(
  'takes an empty body however it is called: %s',
  async (type) => {
    const headers = { authorization: emulator.apiKey, 'content-type': type };
    expect((await fetch(`${emulator.url}/api/logout`, { method: 'POST', headers, body: '' })).status).toBe(200);
  },
);

it('checks the key before the body', async () => {
  const answer = await fetch(`${emulator.url}/api/user`, { method: 'POST', body: '{' });
  expect([answer.status, await answer.text()]).toEqual([401, '']);
});

it('takes null as absent, and in a PATCH as the wish to remove', async () => {
  const user = { username: 'nell', password: 'password', fullName: 'Nell', imageUrl: null };
  const created = await callApi(emulator, 'POST', '/api/user', { body: { user } });
  const { id } = (created.json() as { user: { id: string } }).user;
  expect(created.text).not.toContain('null');

  const patched = await callApi(emulator, 'PATCH', `/api/user/${id}`, { body: { user: { fullName: null } } });
  expect(patched.json()).toMatchObject({ user: { username: 'nell' } });
  expect(patched.text).not.toContain('fullName');
});

it('keeps members it does not look at', async () => {
  const application = { name: 'Custom', data: { colour: 'blue' }, themeId: '00000000-0000-0000-0000-000000000007' };
  const created = await callApi(emulator, 'POST', '/api/application', { body: { application } });
  expect(created.json()).toMatchObject({ application });
});

it('refuses bodies over ten mebibytes before they are sent', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': 10 * 1_024 * 1_024 + 1 };
  const call = request(`${emulator.url}/api/login`, { method: 'POST', headers });
  call.flushHeaders();
  const [response]: IncomingMessage[] = await once(call, 'response');
  expect(response?.statusCode).toBe(413);
  call.destroy();
});

it('takes scalars as FusionAuth does: texts for numbers and booleans, and the reverse', async () => {
  const tenant = {
    name: 12,
    httpSessionMaxInactiveInterval: '1800',
    jwtConfiguration: { timeToLiveInSeconds: '60.9', refreshTokenTimeToLiveInMinutes: '' },
    loginConfiguration: { requireAuthentication: 'FALSE' },
  };
  const answer = await callApi(emulator, 'POST', '/api/tenant', { body: { tenant } });
  expect(answer.json()).toMatchObject({
    tenant: {
      name: '12',
      httpSessionMaxInactiveInterval: 1_800,
      jwtConfiguration: { timeToLiveInSeconds: 60, refreshTokenTimeToLiveInMinutes: 43_200 },
      loginConfiguration: { requireAuthentication: false },
    },
  });
});

it.each([
  ['PUT', '/api/status', 405],
  ['POST', '/api/jwt/validate', 405],
  ['GET', '/api/application/3c219e58-ed0e-4b18-ad48-f4f92793ae32/role', 405],
  ['GET', '/api/nothing', 404],
  ['POST', '/api/webauthn/start', 501],
])('answers %s %s with %i', async (method, path, status) => {
  expect((await callApi(emulator, method, path)).status).toBe(status);
});

it('keeps the tenant and the application of FusionAuth itself, without which nobody could sign in', async () => {
  const { defaultTenantId } = emulator.store;
  for (const path of [`tenant/${defaultTenantId}`, 'application/3c219e58-ed0e-4b18-ad48-f4f92793ae32']) {
    for (const query of ['', '?hardDelete=true']) {
      expect((await callApi(emulator, 'DELETE', `/api/${path}${query}`)).status).toBe(400);
    }
    expect((await callApi(emulator, 'GET', `/api/${path}`)).status).toBe(200);
  }
});
