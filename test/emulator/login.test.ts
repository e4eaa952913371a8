import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi, signIn } from '../support/api-client.js';

let emulator: Emulator;
let shop: Application;
let alice: User;

beforeAll(async () => {
  emulator = await startEmulator();
  shop = emulator.store.addApplication({ name: 'Shop' });
  alice = emulator.store.addUser({ email: 'Alice@example.com', password: 'password', applicationIds: [shop.id] });
});

afterAll(() => emulator[Symbol.asyncDispose]());

const login = (body: object, authorization?: null) =>
  callApi(emulator, 'POST', '/api/login', { body, ...(authorization === null ? { authorization } : {}) });

describe('a sign-in to an application', () => {
  it('creates a session with the device and address the caller gave', async () => {
    const answer = await login({
      loginId: 'alice@example.com',
      password: 'password',
      applicationId: shop.id,
      ipAddress: '203.0.113.9',
      metaData: { device: { name: 'Pixel', type: 'MOBILE' } },
    });

    expect(answer.status).toBe(200);
    const body = answer.json();
    const [session] = emulator.store.sessionsOf(alice.id);
    expect(body).toMatchObject({
      refreshToken: session?.token,
      refreshTokenId: session?.id,
      user: { id: alice.id, registrations: [{ applicationId: shop.id }] },
    });
    expect(session?.metaData?.device).toMatchObject({
      name: 'Pixel',
      type: 'MOBILE',
      lastAccessedAddress: '203.0.113.9',
    });
    expect(answer.headers.getSetCookie().join()).toMatch(/access_token=.*HttpOnly.*refresh_token=.*HttpOnly/);
  });

  it('issues an access token that verifies against the published keys and names the session', async () => {
    const { token, refreshTokenId, tokenExpirationInstant } = await signIn(emulator, 'alice@example.com', shop.id);

    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', emulator.url));
    const { payload } = await jwtVerify(token, keys, { audience: shop.id, issuer: 'acme.com', algorithms: ['RS256'] });
    expect(payload).toMatchObject({
      sub: alice.id,
      sid: refreshTokenId,
      applicationId: shop.id,
      roles: [],
      tid: emulator.tenantId,
      authenticationType: 'PASSWORD',
      email: 'Alice@example.com',
    });
    expect(tokenExpirationInstant).toBe((payload.exp ?? 0) * 1_000);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600);
  });
});

describe('a sign-in that creates no session', () => {
  it('answers 202 without application claims when the user is not registered', async () => {
    const other = emulator.store.addApplication({ name: 'Other' });

    const answer = await login({ loginId: 'alice@example.com', password: 'password', applicationId: other.id });

    expect(answer.status).toBe(202);
    const body = answer.json() as { token: string };
    expect(body).not.toHaveProperty('refreshToken');
    expect(decodeJwt(body.token)).not.toHaveProperty('applicationId');
    expect(decodeJwt(body.token)).not.toHaveProperty('sid');
  });

  it('gives no refresh token without an application', async () => {
    const answer = await login({ loginId: 'alice@example.com', password: 'password' });

    expect(answer.status).toBe(200);
    expect(answer.json()).not.toHaveProperty('refreshToken');
  });

  it('gives no refresh token when the application does not generate any', async () => {
    const quiet = emulator.store.addApplication({
      name: 'Quiet',
      loginConfiguration: { generateRefreshTokens: false },
    });
    emulator.store.addUser({ username: 'quinn', password: 'password', applicationIds: [quiet.id] });

    const body = await signIn(emulator, 'quinn', quiet.id);

    expect(body).toHaveProperty('token');
    expect(body).not.toHaveProperty('refreshToken');
  });

  it('gives no token at all with noJWT', async () => {
    const answer = await login({
      loginId: 'alice@example.com',
      password: 'password',
      applicationId: shop.id,
      noJWT: true,
    });

    expect(Object.keys(answer.json() as object)).toEqual(['user']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('a sign-in that is refused', () => {
  it('answers an unknown user and a wrong password alike: 404 without a body', async () => {
    const unknown = await login({ loginId: 'nobody@example.com', password: 'password', applicationId: shop.id });
    const wrong = await login({ loginId: 'alice@example.com', password: 'wrong', applicationId: shop.id });

    expect([unknown.status, unknown.text]).toEqual([404, '']);
    expect([wrong.status, wrong.text]).toEqual([404, '']);
  });

  it('answers 401 without a body when there is no API key', async () => {
    const answer = await login({ loginId: 'alice@example.com', password: 'password', applicationId: shop.id }, null);

    expect([answer.status, answer.text]).toEqual([401, '']);
  });

  it('needs no API key where the application says so', async () => {
    const open = emulator.store.addApplication({ name: 'Open', loginConfiguration: { requireAuthentication: false } });

    const answer = await login({ loginId: 'alice@example.com', password: 'password', applicationId: open.id }, null);

    expect(answer.status).toBe(202);
  });

  it('answers 410 for an expired user and 423 for a deactivated one', async () => {
    emulator.store.addUser({ username: 'expired', password: 'password', expiry: 1 });
    emulator.store.addUser({ username: 'inactive', password: 'password', active: false });

    expect((await login({ loginId: 'expired', password: 'password' })).status).toBe(410);
    expect((await login({ loginId: 'inactive', password: 'password' })).status).toBe(423);
  });

  it('names the missing field', async () => {
    const answer = await login({ password: 'password' });

    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ fieldErrors: { loginId: [{ code: '[blank]loginId' }] } });
  });
});
