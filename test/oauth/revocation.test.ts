import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendEventsTo } from '../../src/emulator/send-events.js';
import { claimsFor, shopId, signAsFusionAuth } from '../support/access-tokens.js';
import { basic, knownTokens, nameOfKey, type PostOptions, postForm } from '../support/oauth.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { subscribe } from '../support/subscription.js';
import { exchangeRefreshToken } from '../support/users.js';

let service: TestService;

beforeAll(async () => {
  const env = { ...knownTokens, FUSIONAUTH_MAX_ATTEMPTS: '1', FUSIONAUTH_REQUEST_TIMEOUT_MS: '5000' };
  service = await startTestService({ shopId, env });
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(() => service.emulator.calls.clear());

const revoke = (token: string, options: PostOptions = {}, of: TestService = service) =>
  postForm(of, '/oauth2/revoke', { token }, options);

const auditOf = (sessionId: string | null) =>
  service.logs
    .map(({ audit }) => audit as Readonly<Record<string, unknown>> | undefined)
    .filter((entry) => entry?.['sessionId'] === sessionId);

const sign = (changes: Readonly<Record<string, unknown>>) =>
  signAsFusionAuth(service.emulator, claimsFor(service.emulator, randomUUID(), changes));

/** Calls to FusionAuth that end something. */
const deletions = () => service.emulator.calls.all().filter(({ method }) => method === 'DELETE');

describe('an access token', () => {
  it('ends its session and no other one, with an event and an audit record, for a key that may do no more', async () => {
    const alice = service.user();
    const [one, other] = [await alice.login(), await alice.login()];
    await using events = await subscribe(service, service.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
    const authorization = basic(nameOfKey(['token:revoke']), service.key(['token:revoke']));
    const { status, text, headers } = await revoke(one.token, { authorization });
    expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(alice.liveIds()).toEqual([other.refreshTokenId]);
    expect(await exchangeRefreshToken(service.emulator, one.refreshToken)).toBe(400);
    expect(await events.nextEvent()).toMatchObject({ sessionId: one.refreshTokenId, reason: 'USER_LOGOUT' });
    expect(auditOf(one.refreshTokenId)).toMatchObject([
      { actor: nameOfKey(['token:revoke']), outcome: 'revoked', reason: 'USER_LOGOUT', userId: alice.id },
    ]);
    const { body } = await postForm(service, '/oauth2/introspect', { token: one.token });
    expect(body).toEqual({ active: false });
  });

  it('is revoked a second time without a fault', async () => {
    const { token } = await service.user().login();
    expect([(await revoke(token)).status, (await revoke(token)).status]).toEqual([200, 200]);
  });

  it.each<readonly [string, () => Promise<string>]>([
    ['has expired', () => sign({ sid: service.user().addSession().id, iat: 1, exp: 2 })],
    ['is of another issuer', () => sign({ sid: service.user().addSession().id, iss: 'other.com' })],
    ['names the session of somebody else', () => sign({ sid: service.user().addSession().id })],
    ['is forged', async () => (await sign({ sid: service.user().addSession().id })).replace(/\.[^.]*$/, '.AAAA')],
  ])('ends nothing when it %s, and the answer is the same', async (_what, make) => {
    const token = await make();
    const { status, text } = await revoke(token);
    expect([status, text, deletions()]).toEqual([200, '', []]);
  });

  it('ends nothing beyond the bounds of its caller', async () => {
    const other = { name: 'other', key: 'key-of-other', tenantIds: [randomUUID()] };
    const app = { name: 'app', key: 'key-of-app', applicationIds: [randomUUID()] };
    const env = { ...knownTokens, SERVICE_KEYS: serviceKeysVariable(other, app) };
    await using bounded = await startTestService({ shopId, env, beside: service });
    const { token } = await service.user().login();
    // Its start tries what it may do.
    service.emulator.calls.clear();
    for (const { name, key } of [other, app]) {
      expect((await revoke(token, { authorization: basic(name, key) }, bounded)).status).toBe(200);
    }
    expect(deletions()).toEqual([]);
  });

  it.each<readonly [string, () => Promise<string>]>([
    ['names no session', () => sign({})],
    ['is an ID token', () => sign({ sid: randomUUID(), nonce: 'n' })],
  ])('that %s is of a type that cannot be revoked', async (_what, make) => {
    const { status, body } = await revoke(await make());
    expect([status, body['error']]).toEqual([400, 'unsupported_token_type']);
  });

  it.each([
    ['answers 503', { kind: 'status', status: 503, retryAfterSeconds: 7 }],
    ['drops the connection', { kind: 'reset', when: 'before' }],
  ] as const)('is answered with 503 when FusionAuth %s, and the session lives on', async (_what, fault) => {
    const alice = service.user();
    const { token, refreshTokenId } = await alice.login();
    const rule = service.emulator.faults.add({ path: '/api/jwt/refresh/*', fault });
    const { status, body, headers } = await revoke(token);
    rule.remove();
    expect([status, body['error']]).toEqual([503, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(alice.liveIds()).toEqual([refreshTokenId]);
    expect((await revoke(token)).status).toBe(200);
    expect(alice.liveIds()).toEqual([]);
  });
});

describe('a refresh token', () => {
  it('goes to FusionAuth in one call, and ends its session and no other one', async () => {
    const alice = service.user();
    const [one, other] = [await alice.login(), await alice.login()];
    service.emulator.calls.clear();
    const { status, text, headers } = await revoke(one.refreshToken);
    expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(alice.liveIds()).toEqual([other.refreshTokenId]);
    const calls = service.emulator.calls.all().map(({ method, path, query }) => ({ method, path, query }));
    expect(calls).toEqual([{ method: 'DELETE', path: '/api/jwt/refresh', query: { token: '[redacted]' } }]);
    expect(auditOf(null).at(-1)).toMatchObject({ outcome: 'revoked', reason: 'USER_LOGOUT', userId: null });
  });

  it('is published when FusionAuth’s event tells which session it was', async () => {
    const env = { ...knownTokens, WEBHOOK_SIGNATURE: 'jwks' };
    await using followed = await startTestService({ shopId, env });
    sendEventsTo(followed.emulator, `${followed.url}/webhooks/fusionauth`);
    const { token, refreshToken, refreshTokenId } = await followed.user().login();
    await using events = await subscribe(followed, followed.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
    expect((await revoke(refreshToken, {}, followed)).status).toBe(200);
    expect(await events.nextEvent()).toMatchObject({ sessionId: refreshTokenId });
    expect((await postForm(followed, '/oauth2/introspect', { token })).body).toEqual({ active: false });
  });

  it.each([
    ['FusionAuth does not know', 'an-unknown-value', 1],
    ['cannot be one', 'with a space', 0],
    ['is too long to be one', 'a'.repeat(3_000), 0],
  ])('that %s is answered with 200', async (_what, value, calls) => {
    expect((await revoke(value)).status).toBe(200);
    expect(deletions()).toHaveLength(calls);
  });

  it.each([
    ['a line break behind it', '', '\n'],
    ['spaces around it', ' ', '  '],
    ['a carriage return behind it', '', '\r\n'],
  ])('is revoked with %s, as an access token is', async (_what, before, behind) => {
    const alice = service.user();
    const [one, other] = [await alice.login(), await alice.login()];
    for (const token of [one.refreshToken, other.token]) {
      expect((await revoke(`${before}${token}${behind}`)).status).toBe(200);
    }
    expect(alice.liveIds()).toEqual([]);
  });

  it('ends nothing beyond the tenants of its caller, however many those are', async () => {
    const { store, tenantId } = service.emulator;
    const [one, two] = [store.addTenant({ name: 'One' }).id, store.addTenant({ name: 'Two' }).id];
    const others = { name: 'others', key: 'key-of-others', tenantIds: [one, two] };
    const several = { name: 'several', key: 'key-of-several', tenantIds: [one, tenantId] };
    const env = { ...knownTokens, SERVICE_KEYS: serviceKeysVariable(others, several) };
    await using bounded = await startTestService({ shopId, env, beside: service });
    const alice = service.user();
    const { refreshToken, refreshTokenId } = await alice.login();
    for (const headers of [{}, { 'x-fusionauth-tenantid': `${one},${two}` }]) {
      const options = { authorization: basic(others.name, others.key), headers };
      expect((await revoke(refreshToken, options, bounded)).status).toBe(200);
      expect(alice.liveIds()).toEqual([refreshTokenId]);
    }
    const authorization = basic(several.name, several.key);
    expect((await revoke(refreshToken, { authorization }, bounded)).status).toBe(200);
    expect(alice.liveIds()).toEqual([]);
  });

  it('ends nothing of a tenant to which the service is not bound', async () => {
    const { store, tenantId } = service.emulator;
    const other = store.addTenant({ name: 'Bound' }).id;
    const key = { name: 'elsewhere', key: 'key-of-elsewhere', tenantIds: [tenantId, other] };
    const env = { ...knownTokens, FUSIONAUTH_TENANT_ID: other, SERVICE_KEYS: serviceKeysVariable(key) };
    await using bounded = await startTestService({ shopId, env, beside: service });
    const alice = service.user();
    const { refreshToken, refreshTokenId } = await alice.login();
    await revoke(refreshToken, { authorization: basic(key.name, key.key) }, bounded);
    expect(alice.liveIds()).toEqual([refreshTokenId]);
  });

  it('is one value, whatever it holds: no parameter of a call of FusionAuth', async () => {
    const alice = service.user({ sessions: 1 });
    for (const value of [`x&userId=${alice.id}`, `x%26userId%3D${alice.id}`, `x#&userId=${alice.id}`]) {
      expect((await revoke(value)).status).toBe(200);
    }
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('that has been revoked is answered with 200', async () => {
    const { refreshToken } = await service.user().login();
    expect([(await revoke(refreshToken)).status, (await revoke(refreshToken)).status]).toEqual([200, 200]);
    expect(auditOf(null).at(-1)).toMatchObject({ outcome: 'alreadyEnded' });
  });

  it('is answered with 503 and a time to wait when FusionAuth cannot be asked', async () => {
    const alice = service.user();
    const { refreshToken, refreshTokenId } = await alice.login();
    const fault = { kind: 'status', status: 503, retryAfterSeconds: 7 } as const;
    const rule = service.emulator.faults.add({ path: '/api/jwt/refresh', fault });
    const { status, body, headers } = await revoke(refreshToken);
    rule.remove();
    expect([status, body['error'], headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '7']);
    expect(alice.liveIds()).toEqual([refreshTokenId]);
    expect(auditOf(null).at(-1)).toMatchObject({ outcome: 'failed' });
  });

  it('is sent again where an answer is lost, and counts as revoked', async () => {
    const env = { ...knownTokens, FUSIONAUTH_MAX_ATTEMPTS: '3' };
    await using patient = await startTestService({ shopId, env, beside: service });
    const alice = service.user();
    const { refreshToken } = await alice.login();
    service.emulator.faults.add({ path: '/api/jwt/refresh', times: 1, fault: { kind: 'reset', when: 'after' } });
    expect((await revoke(refreshToken, {}, patient)).status).toBe(200);
    expect(alice.liveIds()).toEqual([]);
  });

  it('says nothing to callers when FusionAuth refuses the key of this service', async () => {
    const rule = service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'status', status: 401 } });
    const { status, body } = await revoke('some-refresh-token');
    rule.remove();
    expect([status, body]).toEqual([500, { error: 'server_error', error_description: 'Internal server error.' }]);
  });
});
