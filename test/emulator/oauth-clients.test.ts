import { createHash } from 'node:crypto';
import { OAuthErrorReason } from '@fusionauth/typescript-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { oauthErrorReasons } from '../../src/emulator/oauth/oauth-error.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';

const redirectUri = 'https://shop.example/callback';
const verifier = 'a verifier of the client';

let emulator: Emulator;
let shop: Application;
let alice: User;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

beforeEach(() => {
  shop = emulator.store.addApplication({
    name: 'Shop',
    oauthConfiguration: {
      authorizedRedirectURLs: [redirectUri],
      enabledGrants: ['authorization_code', 'refresh_token', 'password'],
    },
  });
  alice = emulator.store.addUser({ username: `alice ${shop.id}`, password: 'password', applicationIds: [shop.id] });
});

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  callApi(emulator, 'POST', path, { authorization: null, body: new URLSearchParams(form), headers });

/** An authorization code of Alice for the shop. */
async function code(): Promise<string> {
  const answer = await post('/oauth2/authorize', {
    client_id: shop.id,
    redirect_uri: redirectUri,
    response_type: 'code',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    loginId: alice.username ?? '',
    password: 'password',
  });
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

describe('a client', () => {
  const grant = async () => ({ grant_type: 'authorization_code', code: await code(), redirect_uri: redirectUri });

  it('without a secret is accepted where PKCE makes up for it', async () => {
    shop.oauthConfiguration.clientAuthenticationPolicy = 'NotRequiredWhenUsingPKCE';
    const plain = await post('/oauth2/token', { ...(await grant()), client_id: shop.id });
    expect(plain.json()).toMatchObject({ error_reason: 'client_authentication_missing' });
    const proved = await post('/oauth2/token', { ...(await grant()), client_id: shop.id, code_verifier: verifier });
    expect(proved.status).toBe(200);
  });

  it('may use HTTP Basic', async () => {
    const credentials = Buffer.from(`${shop.id}:${shop.oauthConfiguration.clientSecret}`).toString('base64');
    const headers = { authorization: `Basic ${credentials}` };
    const answer = await post('/oauth2/token', { ...(await grant()), code_verifier: verifier }, headers);
    expect(answer.status).toBe(200);
  });

  it('must redeem a code with the address it was sent to', async () => {
    shop.oauthConfiguration.clientAuthenticationPolicy = 'NotRequired';
    const form = { ...(await grant()), redirect_uri: 'https://other.example/', client_id: shop.id };
    const answer = await post('/oauth2/token', { ...form, code_verifier: verifier });
    expect(answer.json()).toMatchObject({ error: 'invalid_grant', error_reason: 'invalid_redirect_uri' });
  });

  it.each([
    ['grant_type', {}, 'missing_grant_type'],
    ['code', { grant_type: 'authorization_code' }, 'missing_code'],
    ['refresh_token', { grant_type: 'refresh_token' }, 'missing_refresh_token'],
    ['password', { grant_type: 'password', username: 'x' }, 'invalid_user_credentials'],
    ['client_id', { grant_type: 'refresh_token', client_id: '' }, 'missing_client_id'],
  ])('is told that %s is missing', async (_name, form, reason) => {
    shop.oauthConfiguration.clientAuthenticationPolicy = 'NotRequired';
    const answer = await post('/oauth2/token', { client_id: shop.id, ...form });
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'invalid_request', error_reason: reason }]);
  });
});

it('the reasons of errors are among those that the official client knows', () => {
  expect(Object.values(OAuthErrorReason)).toEqual(expect.arrayContaining([...oauthErrorReasons]));
});

describe('a password grant', () => {
  const login = () =>
    post('/oauth2/token', {
      grant_type: 'password',
      client_id: shop.id,
      client_secret: shop.oauthConfiguration.clientSecret,
      username: alice.username ?? '',
      password: 'password',
      scope: 'offline_access',
      'metaData.device.name': 'Kiosk',
    });

  it('names the device of its session', async () => {
    expect((await login()).status).toBe(200);
    expect(emulator.store.sessionsOf(alice.id)).toMatchObject([{ metaData: { device: { name: 'Kiosk' } } }]);
  });

  it('gives the lifetime of the application, of which an access token may have less', async () => {
    const answer = await post('/oauth2/token', {
      grant_type: 'password',
      client_id: shop.id,
      client_secret: shop.oauthConfiguration.clientSecret,
      username: alice.username ?? '',
      password: 'password',
      expires_in: '60',
    });
    expect(answer.json()).toMatchObject({ expires_in: 60 });
  });

  it.each([
    ['expired', (user: User) => Object.assign(user, { expiry: 1 }), 'user_expired'],
    ['deactivated', (user: User) => Object.assign(user, { active: false }), 'user_locked'],
    ['told to change the password', mustChangePassword, 'change_password_administrative'],
  ])('is refused to a user who is %s', async (_state, change, reason) => {
    change(alice);
    expect((await login()).json()).toMatchObject({ error_reason: reason });
    expect(emulator.store.sessionsOf(alice.id)).toEqual([]);
  });

  // https://github.com/FusionAuth/fusionauth-issues/issues/1585
  it('names the methods of a second factor, with which the sign-in can be completed', async () => {
    alice.twoFactor = { methods: [{ id: 'A2BC', method: 'authenticator', secret: 'c2VjcmV0' }] };
    expect((await login()).json()).toMatchObject({
      error: 'two_factor_required',
      two_factor_id: expect.any(String),
      two_factor_methods: [{ id: 'A2BC', method: 'authenticator' }],
    });
  });

  function mustChangePassword(user: User): void {
    user.passwordChangeRequired = true;
  }
});

describe('the login page', () => {
  it('refuses unknown clients, response types and grants', async () => {
    const page = (parameters: Record<string, string>) =>
      callApi(emulator, 'GET', `/oauth2/authorize?${new URLSearchParams(parameters)}`, { authorization: null });
    const right = { client_id: shop.id, redirect_uri: redirectUri, response_type: 'code' };

    expect((await page(right)).status).toBe(200);
    expect((await page({ ...right, client_id: 'nobody' })).json()).toMatchObject({ error_reason: 'invalid_client_id' });
    expect((await page({ ...right, response_type: 'token' })).status).toBe(400);
    shop.oauthConfiguration.enabledGrants = ['refresh_token'];
    expect((await page(right)).json()).toMatchObject({ error_reason: 'grant_type_disabled' });
  });

  it('shows itself again when a webhook refuses the sign-in', async () => {
    emulator.store.enableEvents(['user.login.success'], 'Any');
    emulator.store.addWebhook({ url: 'http://127.0.0.1:1/', eventsEnabled: { 'user.login.success': true } });
    const answer = await post('/oauth2/authorize', {
      client_id: shop.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      rememberDevice: 'true',
      loginId: alice.username ?? '',
      password: 'password',
    });
    emulator.store.webhooks.clear();

    expect([answer.status, answer.headers.get('location')]).toEqual([200, null]);
    expect(answer.text).toContain('refused');
    expect(emulator.store.sessionsOf(alice.id)).toEqual([]);
  });
});

describe('a logout', () => {
  const logout = (query: string) => callApi(emulator, 'GET', `/oauth2/logout${query}`, { authorization: null });

  it('leads to the address of the application, else of the tenant, else home', async () => {
    expect((await logout('')).headers.get('location')).toBe('/');
    emulator.store.tenantOrThrow(emulator.tenantId).logoutURL = 'https://tenant.example/bye';
    expect((await logout('')).headers.get('location')).toBe('https://tenant.example/bye');
    shop.oauthConfiguration.logoutURL = 'https://shop.example/bye';
    expect((await logout(`?client_id=${shop.id}`)).headers.get('location')).toBe('https://shop.example/bye');
  });

  it('leads to no address that is not authorized and knows its clients', async () => {
    const target = encodeURIComponent('https://evil.example/');
    const answer = await logout(`?client_id=${shop.id}&post_logout_redirect_uri=${target}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    expect((await logout('?client_id=nobody')).status).toBe(400);
    expect((await logout('?id_token_hint=nonsense')).status).toBe(400);
  });
});

it('has a discovery document for each tenant', async () => {
  const tenant = emulator.store.addTenant({ issuer: 'https://two.example' });
  const get = (path: string) => callApi(emulator, 'GET', path, { authorization: null });

  const document = (await get(`/${tenant.id}/.well-known/openid-configuration`)).json();
  expect(document).toMatchObject({ issuer: 'https://two.example', jwks_uri: `${emulator.url}/.well-known/jwks.json` });
  expect((await get(`/.well-known/openid-configuration?tenantId=${tenant.id}`)).json()).toEqual(document);
  expect((await get('/00000000-0000-0000-0000-000000000099/.well-known/openid-configuration')).status).toBe(404);
});
