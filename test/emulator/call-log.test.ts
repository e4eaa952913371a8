import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(() => emulator[Symbol.asyncDispose]());

it('records each call with its status, tenant header and API key id', async () => {
  const { id, key } = emulator.store.addApiKey();
  const headers = { 'x-fusionauth-tenantid': emulator.tenantId };
  await callApi(emulator, 'GET', '/api/application?inactive=true', { authorization: key, headers });
  await callApi(emulator, 'GET', '/api/tenant', { authorization: 'wrong' });

  expect(emulator.calls.all()).toEqual([
    {
      method: 'GET',
      path: '/api/application',
      query: { inactive: 'true' },
      tenantId: emulator.tenantId,
      status: 200,
      apiKeyId: id,
      atMs: expect.any(Number),
    },
    { method: 'GET', path: '/api/tenant', query: {}, status: 401, atMs: expect.any(Number) },
  ]);
});

it('counts by method, by path pattern and by predicate', async () => {
  await callApi(emulator, 'GET', '/api/tenant');
  await callApi(emulator, 'GET', `/api/tenant/${emulator.tenantId}`);
  await callApi(emulator, 'DELETE', '/api/jwt/refresh');

  expect(emulator.calls.count()).toBe(3);
  expect(emulator.calls.count({ method: 'GET' })).toBe(2);
  expect(emulator.calls.count({ path: '/api/tenant/:tenantId' })).toBe(1);
  expect(emulator.calls.count((call) => call.status === 400)).toBe(1);
  emulator.calls.clear();
  expect(emulator.calls.count()).toBe(0);
});

it('records no secret', async () => {
  await callApi(emulator, 'DELETE', '/api/jwt/refresh?token=very-secret');
  await callApi(emulator, 'DELETE', '/api/jwt/refresh', { authorization: 'Bearer very-secret' });
  await callApi(emulator, 'POST', '/api/user/change-password/very-secret', { body: { password: 'very-secret' } });

  expect(JSON.stringify(emulator.calls.all())).not.toContain('very-secret');
  expect(JSON.stringify(emulator.calls.all())).not.toContain(emulator.apiKey);
});

it('has status 0 for a call whose answer was lost, and the changed status for a distorted one', async () => {
  emulator.faults.add({ path: '/api/tenant', times: 1, fault: { kind: 'reset', when: 'after' } });
  emulator.faults.add({ path: '/api/application/*', times: 1, fault: { kind: 'emptyBody' } });
  await callApi(emulator, 'GET', '/api/tenant').catch(() => undefined);
  await callApi(emulator, 'GET', '/api/application/00000000-0000-0000-0000-000000000099');

  expect(emulator.calls.all().map(({ status }) => status)).toEqual([0, 200]);
});

it('keeps the newest 10,000 calls', () => {
  for (let index = 0; index < 20_001; index += 1) {
    emulator.calls.open({ method: 'GET', path: `/${index}`, query: {}, atMs: index });
  }
  expect(emulator.calls.all()).toHaveLength(10_000);
  expect(emulator.calls.all().at(0)?.path).toBe('/10001');
});
