import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;
const page = 'https://app.example.com';

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

const configuration = {
  enabled: true,
  allowCredentials: true,
  allowedHeaders: ['Authorization', 'Content-Type'],
  allowedMethods: ['GET', 'POST'],
  allowedOrigins: [page],
  exposedHeaders: ['X-Trace'],
  preflightMaxAgeInSeconds: 600,
};

beforeEach(async () => configure(configuration));

async function configure(corsConfiguration: object): Promise<number> {
  const body = { systemConfiguration: { corsConfiguration } };
  return (await callApi(emulator, 'PUT', '/api/system-configuration', { body })).status;
}

function call(origin: string) {
  return callApi(emulator, 'GET', '/api/status', { headers: { origin } });
}

function preflight(method: string, headers: string, origin = page) {
  return callApi(emulator, 'OPTIONS', '/api/login', {
    authorization: null,
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': headers,
    },
  });
}

it('answers a page of an allowed origin, with credentials and exposed headers', async () => {
  const { status, headers } = await call(page);
  expect(status).toBe(200);
  expect(headers.get('access-control-allow-origin')).toBe(page);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  expect(headers.get('access-control-expose-headers')).toBe('X-Trace');
  expect(headers.get('vary')).toBe('Origin');
});

it('lets a page read errors, too', async () => {
  const refused = await callApi(emulator, 'GET', '/api/user', { authorization: 'wrong', headers: { origin: page } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('access-control-allow-origin')).toBe(page);
});

it('answers the preflight of an allowed call without handling it', async () => {
  const { status, headers } = await preflight('POST', 'authorization, content-type');
  expect(status).toBe(200);
  expect(headers.get('access-control-allow-origin')).toBe(page);
  expect(headers.get('access-control-allow-methods')).toBe('GET,POST');
  expect(headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type');
  expect(headers.get('access-control-max-age')).toBe('600');
});

it.each([
  ['method', 'DELETE', 'authorization', page],
  ['header', 'POST', 'x-other', page],
  ['origin', 'POST', 'authorization', 'https://evil.example'],
])('refuses the preflight of another %s', async (_what, method, headers, origin) => {
  const answer = await preflight(method, headers, origin);
  expect(answer.status).toBe(403);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

it('refuses calls of other origins, but not those of its own pages or without an origin', async () => {
  expect((await call('https://evil.example')).status).toBe(403);
  const own = await call(emulator.url);
  expect(own.status).toBe(200);
  expect(own.headers.get('access-control-allow-origin')).toBeNull();
  expect((await callApi(emulator, 'GET', '/api/status')).status).toBe(200);
});

it('names the origin instead of * where credentials are allowed', async () => {
  await configure({ ...configuration, allowedOrigins: ['*'] });
  expect((await call(page)).headers.get('access-control-allow-origin')).toBe(page);
  await configure({ ...configuration, allowedOrigins: ['*'], allowCredentials: false });
  expect((await call(page)).headers.get('access-control-allow-origin')).toBe('*');
});

it('adds nothing and refuses nobody while it is not enabled', async () => {
  await configure({ ...configuration, enabled: false });
  const answer = await call('https://evil.example');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

it('refuses a configuration of the wrong shape', async () => {
  expect(await configure({ ...configuration, allowedOrigins: { 0: page } })).toBe(400);
});
