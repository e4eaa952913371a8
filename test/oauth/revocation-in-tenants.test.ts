import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shopId } from '../support/access-tokens.js';
import { basic, knownTokens, type PostOptions, postForm } from '../support/oauth.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: knownTokens });
});

afterAll(() => service[Symbol.asyncDispose]());

/** Posts a refresh token. */
const revoke = (token: string, options: PostOptions = {}, of: TestService = service) =>
  postForm(of, '/oauth2/revoke', { token }, options);

it.each([
  ['one', randomUUID()],
  ['several', `${randomUUID()},${randomUUID()}`],
])('a refresh token is refused with 400 with tenants that FusionAuth does not have: %s', async (_what, names) => {
  const { refreshToken } = await service.user().login();
  const { status, body } = await revoke(refreshToken, { headers: { 'x-fusionauth-tenantid': names } });
  expect([status, body['error']]).toEqual([400, 'invalid_request']);
  expect(body['error_description']).toContain('X-FusionAuth-TenantId names a tenant that FusionAuth does not have');
});

it('a refresh token is revoked although FusionAuth has another tenant of the caller no more', async () => {
  const several = { name: 'several', key: 'key-of-several', tenantIds: [randomUUID(), service.emulator.tenantId] };
  const env = { ...knownTokens, SERVICE_KEYS: serviceKeysVariable(several) };
  await using bounded = await startTestService({ shopId, env, beside: service });
  const alice = service.user();
  const { refreshToken } = await alice.login();
  const options = { authorization: basic(several.name, several.key) };
  expect((await revoke(refreshToken, options, bounded)).status).toBe(200);
  expect(alice.liveIds()).toEqual([]);
  // The service has to be mended before it can say that nobody has a token.
  expect((await revoke(refreshToken, options, bounded)).status).toBe(500);
});

it('a refresh token is for an operator to see to where the key is bound to a tenant that is gone, named or not', async () => {
  const gone = randomUUID();
  const bound = { name: 'bound', key: 'key-of-bound', tenantIds: [gone] };
  const env = { ...knownTokens, SERVICE_KEYS: serviceKeysVariable(bound) };
  await using bounded = await startTestService({ shopId, env, beside: service });
  const authorization = basic(bound.name, bound.key);
  for (const headers of [{}, { 'x-fusionauth-tenantid': gone }]) {
    expect((await revoke('an-unknown-value', { authorization, headers }, bounded)).status).toBe(500);
  }
});

it('a refresh token is looked for in no further tenant once the time of the operation is over', async () => {
  const { store } = service.emulator;
  const tenantIds = ['One', 'Two', 'Three'].map((name) => store.addTenant({ name }).id);
  const key = { name: 'slow', key: 'key-of-slow', tenantIds };
  const env = { ...knownTokens, OPERATION_TIMEOUT_MS: '200', SERVICE_KEYS: serviceKeysVariable(key) };
  await using bounded = await startTestService({ shopId, env, beside: service });
  // Its start tries what it may do.
  service.emulator.calls.clear();
  const rule = service.emulator.faults.add({
    path: '/api/jwt/refresh',
    fault: { kind: 'latency', minMs: 250, maxMs: 250 },
  });
  const { status, body } = await revoke('an-unknown-value', { authorization: basic(key.name, key.key) }, bounded);
  rule.remove();
  const deletions = service.emulator.calls
    .all()
    .filter(({ method, path }) => method === 'DELETE' && path === '/api/jwt/refresh');
  expect([status, body['error'], deletions.length]).toEqual([503, 'temporarily_unavailable', 1]);
});

it('revoking a refresh token costs a point for each call, also where one fails', async () => {
  const { store } = service.emulator;
  const tenantIds = [store.addTenant({ name: 'One' }).id, ...Array.from({ length: 99 }, () => randomUUID())];
  const key = { name: 'spender', key: 'key-of-spender', tenantIds };
  const limits = { RATE_LIMIT_POINTS: '1100', RATE_LIMIT_INTERVAL_SECONDS: '3600' };
  const env = { ...knownTokens, ...limits, SERVICE_KEYS: serviceKeysVariable(key) };
  await using poor = await startTestService({ shopId, env, beside: service });
  const statuses: number[] = [];
  for (let time = 0; time < 12; time++) {
    const options = { authorization: basic(key.name, key.key) };
    statuses.push((await revoke('an-unknown-value', options, poor)).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 11 }, () => 500), 429]);
});
