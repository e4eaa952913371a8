import { randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application } from '../../src/emulator/store/records.js';
import { oneTimeCode } from '../../src/emulator/two-factor.js';
import { callApi, type SignedIn } from '../support/api-client.js';
import { assertConforms } from './openapi.js';

let emulator: Emulator;
let shop: Application;

beforeEach(async () => {
  emulator = await startEmulator();
  shop = emulator.store.addApplication({ name: 'Shop' });
});

afterEach(() => emulator[Symbol.asyncDispose]());

describe('a registration', () => {
  it('of a new user is the start of a session, for which no sign-in is announced', async () => {
    const answer = await callApi(emulator, 'POST', '/api/user/registration', {
      body: {
        user: { email: 'kim@example.com', password: 'password' },
        registration: { applicationId: shop.id },
      },
    });
    const body = answer.json() as SignedIn & { user: { id: string } };
    assertConforms('POST /api/user/registration', body);
    expect(emulator.store.sessionsOf(body.user.id)).toMatchObject([
      { id: body.refreshTokenId, token: body.refreshToken, applicationId: shop.id },
    ]);
    expect(decodeJwt(body.token)).toMatchObject({ sid: body.refreshTokenId, authenticationType: 'REGISTRATION' });
    const exchange = await callApi(emulator, 'POST', '/api/jwt/refresh', { body: { refreshToken: body.refreshToken } });
    expect(exchange.status).toBe(200);
  });

  it('of an existing user is one, too, but not where the application generates no refresh tokens', async () => {
    const quiet = emulator.store.addApplication({
      name: 'Quiet',
      loginConfiguration: { generateRefreshTokens: false },
    });
    const { id } = emulator.store.addUser({ email: 'ann@example.com' });
    for (const applicationId of [shop.id, quiet.id]) {
      const body = { registration: { applicationId } };
      expect((await callApi(emulator, 'POST', `/api/user/registration/${id}`, { body })).json()).toHaveProperty(
        'token',
      );
    }
    expect(emulator.store.sessionsOf(id)).toMatchObject([{ applicationId: shop.id }]);
  });
});

it('answers a new user with an access token and when it ends', async () => {
  const answer = await callApi(emulator, 'POST', '/api/user', {
    body: { user: { email: 'kim@example.com', password: 'password' } },
  });
  const body = answer.json() as SignedIn;
  assertConforms('POST /api/user', body);
  const { exp, authenticationType } = decodeJwt(body.token);
  expect([authenticationType, (exp ?? 0) * 1_000]).toEqual(['USER_CREATE', body.tokenExpirationInstant]);
});

describe('a user with a second factor', () => {
  const secret = randomBytes(20);
  const signIn = () =>
    callApi(emulator, 'POST', '/api/login', {
      body: { loginId: 'ann@example.com', password: 'password', applicationId: shop.id },
    });

  beforeEach(() => {
    emulator.store.addUser({
      email: 'ann@example.com',
      password: 'password',
      applicationIds: [shop.id],
      twoFactor: { methods: [{ id: 'A1', method: 'authenticator', secret: secret.toString('base64') }] },
    });
  });

  it('is asked for it before there is a session, and gets one for the current code', async () => {
    const asked = await signIn();
    expect(asked.status).toBe(242);
    const { twoFactorId } = asked.json() as { twoFactorId: string };
    expect(asked.json()).toEqual({ twoFactorId, methods: [{ id: 'A1', method: 'authenticator' }] });
    const give = (code: string) =>
      callApi(emulator, 'POST', '/api/two-factor/login', { body: { twoFactorId, code, applicationId: shop.id } });

    expect((await give('none')).status).toBe(421);
    const given = await give(oneTimeCode(secret, Math.floor(emulator.clock.now() / 30_000)));
    expect(given.status).toBe(200);
    const { refreshTokenId } = given.json() as SignedIn;
    expect(emulator.store.session(refreshTokenId)).toBeDefined();
    expect((await give('000000')).status).toBe(404);
  });
});

it('lets the refresh-token cookie live as long as the refresh token is configured to', async () => {
  const hourly = emulator.store.addApplication({
    name: 'Hourly',
    jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 60 },
  });
  emulator.store.addUser({ username: 'bob', password: 'password', applicationIds: [hourly.id] });
  const answer = await callApi(emulator, 'POST', '/api/login', {
    body: { loginId: 'bob', password: 'password', applicationId: hourly.id },
  });
  expect(answer.headers.getSetCookie().join()).toMatch(/refresh_token=.*Max-Age=3600/);
});

it('keeps the roles of an application that an update leaves out, and adds those of groups to access tokens', async () => {
  const call = async (method: string, path: string, body?: unknown) =>
    (await callApi(emulator, method, path, { body })).json() as Record<string, { id: string; roles: { id: string }[] }>;
  const { application } = await call('POST', '/api/application', {
    application: { name: 'Roles', roles: ['admin'], loginConfiguration: { generateRefreshTokens: true } },
  });
  const id = application?.id ?? '';
  expect(
    (await call('PUT', `/api/application/${id}`, { application: { name: 'Roles' } }))['application']?.roles,
  ).toEqual(application?.roles);
  const { group } = await call('POST', '/api/group', {
    group: { name: 'Staff' },
    roleIds: [application?.roles[0]?.id],
  });
  const user = emulator.store.addUser({ username: 'bob', password: 'password', applicationIds: [id] });
  const members = { [group?.id ?? '']: [{ userId: user.id, data: { since: 2024 } }] };
  await call('POST', '/api/group/member', { members });
  const { token } = (await call('POST', '/api/login', {
    loginId: 'bob',
    password: 'password',
    applicationId: id,
  })) as unknown as SignedIn;
  expect(decodeJwt(token)['roles']).toEqual(['admin']);
  expect(await call('GET', `/api/user/${user.id}`)).toMatchObject({
    user: { memberships: [{ groupId: group?.id, data: { since: 2024 } }] },
  });
});

describe('signing keys', () => {
  it('of OpenID Connect sign with the client secret', async () => {
    const application = emulator.store.addApplication({
      name: 'Shadow',
      jwtConfiguration: { accessTokenKeyId: '4b8f1c06-518e-45bd-9ac5-d549686ae02a' },
    });
    emulator.store.addUser({ username: 'bob', password: 'password', applicationIds: [application.id] });
    const body = { loginId: 'bob', password: 'password', applicationId: application.id };
    const { token } = (await callApi(emulator, 'POST', '/api/login', { body })).json() as SignedIn;
    expect(decodeProtectedHeader(token).alg).toBe('HS384');
    await jwtVerify(token, new TextEncoder().encode(application.oauthConfiguration.clientSecret));
    const validated = await callApi(emulator, 'GET', '/api/jwt/validate', { authorization: `Bearer ${token}` });
    expect(validated.status).toBe(200);
  });

  it('that do not exist are refused in settings', async () => {
    const jwtConfiguration = { enabled: true, accessTokenKeyId: '11111111-2222-3333-4444-555555555555' };
    const body = { application: { name: 'Wrong', jwtConfiguration } };
    expect((await callApi(emulator, 'POST', '/api/application', { body })).text).toContain(
      '[invalid]application.jwtConfiguration.accessTokenKeyId',
    );
  });
});

it('answers whoever forgot a password with an id to change it by, and 403 where no e-mail could be sent', async () => {
  emulator.store.addUser({ email: 'ann@example.com', password: 'password' });
  const ask = (body: object) => callApi(emulator, 'POST', '/api/user/forgot-password', { body });
  expect((await ask({ loginId: 'ann@example.com' })).status).toBe(403);
  expect((await ask({ loginId: 'nobody@example.com' })).status).toBe(404);
  const answer = await ask({ loginId: 'ann@example.com', sendForgotPasswordEmail: false });
  expect(answer.json()).toEqual({ changePasswordId: expect.any(String) });
});

it.each(['/', '/api/status', '/api/health'])('answers whoever waits for it at %s, by GET and by HEAD', async (path) => {
  for (const method of ['GET', 'HEAD']) {
    expect((await callApi(emulator, method, path, { authorization: null })).status).toBe(200);
  }
});
