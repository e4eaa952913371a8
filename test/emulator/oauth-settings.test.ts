import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';

const redirectUri = 'https://app.example/callback';
const verifier = randomBytes(32).toString('base64url');
const challenge = { code_challenge: createHash('sha256').update(verifier).digest('base64url') };
const s256 = { ...challenge, code_challenge_method: 'S256' };

let emulator: Emulator;
let shop: Application;

beforeEach(async () => {
  emulator = await startEmulator();
  shop = emulator.store.addApplication({
    name: 'Shop',
    oauthConfiguration: {
      authorizedRedirectURLs: [redirectUri],
      enabledGrants: ['authorization_code', 'refresh_token', 'password'],
    },
  });
  emulator.store.addUser({ username: 'ann', password: 'password', applicationIds: [shop.id] });
  emulator.store.addUser({ username: 'bob', password: 'password' });
});

afterEach(() => emulator[Symbol.asyncDispose]());

const authorize = (parameters: Record<string, string> = {}, loginId = 'ann', headers: Record<string, string> = {}) =>
  callApi(emulator, 'POST', '/oauth2/authorize', {
    authorization: null,
    headers,
    body: new URLSearchParams({
      client_id: shop.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      loginId,
      password: 'password',
      ...parameters,
    }),
  });

const basic = () => `Basic ${Buffer.from(`${shop.id}:${shop.oauthConfiguration.clientSecret}`).toString('base64')}`;

const token = (parameters: Record<string, string>, authorization: string | null = basic()) =>
  callApi(emulator, 'POST', '/oauth2/token', { authorization, body: new URLSearchParams(parameters) });

const passwordGrant = (scope: string, username = 'ann') =>
  token({ grant_type: 'password', username, password: 'password', scope });

const redirected = (answer: { headers: Headers }) => new URL(answer.headers.get('location') ?? 'about:blank');

describe('an OAuth setting has the effect FusionAuth documents', () => {
  it('requireRegistration keeps users out who are not registered', async () => {
    shop.oauthConfiguration.requireRegistration = true;
    expect((await authorize({}, 'bob')).text).toContain('not registered');
    expect((await passwordGrant('openid', 'bob')).status).toBe(400);
    expect((await authorize()).status).toBe(302);
  });

  it('unknownScopePolicy rejects, removes or allows what the application does not know', async () => {
    shop.scopes.push({ id: shop.id, name: 'orders', required: false, insertInstant: 0, lastUpdateInstant: 0 });
    const answers = [];
    for (const policy of ['Reject', 'Remove', 'Allow'] as const) {
      shop.oauthConfiguration.unknownScopePolicy = policy;
      const body = (await passwordGrant('openid orders pizza')).json() as { error?: string; scope?: string };
      answers.push(body.error ?? body.scope);
    }
    expect(answers).toEqual(['invalid_scope', 'openid orders', 'openid orders pizza']);
  });

  it('scopeHandlingPolicy lets a token say of its user what the scopes ask for, or everything', async () => {
    emulator.store.addUser({
      email: 'eve@example.com',
      fullName: 'Eve',
      password: 'password',
      applicationIds: [shop.id],
    });
    const userInfo = async (scope: string) => {
      const tokens = (await passwordGrant(scope, 'eve@example.com')).json() as Record<string, string>;
      const authorization = `Bearer ${tokens['access_token']}`;
      const { status, text } = await callApi(emulator, 'GET', '/oauth2/userinfo', { authorization });
      const shown = [text, tokens['id_token'] === undefined ? '' : JSON.stringify(decodeJwt(tokens['id_token']))];
      return [status, ...shown.map((claims) => ['eve@example.com', '"Eve"'].filter((value) => claims.includes(value)))];
    };
    const everything = ['eve@example.com', '"Eve"'];
    expect(await userInfo('openid')).toEqual([200, everything, everything]);
    shop.oauthConfiguration.scopeHandlingPolicy = 'Strict';
    expect(await userInfo('openid')).toEqual([200, [], []]);
    expect(await userInfo('openid email')).toEqual([200, ['eve@example.com'], ['eve@example.com']]);
    expect(await userInfo('openid profile')).toEqual([200, ['"Eve"'], ['"Eve"']]);
    expect(await userInfo('email')).toEqual([400, [], []]);
  });

  it('proofKeyForCodeExchangePolicy asks for PKCE, of those without client credentials where it says so', async () => {
    shop.oauthConfiguration.proofKeyForCodeExchangePolicy = 'Required';
    expect((await authorize()).status).toBe(400);
    expect((await authorize(s256)).status).toBe(302);

    shop.oauthConfiguration.proofKeyForCodeExchangePolicy = 'NotRequiredWhenUsingClientAuthentication';
    shop.oauthConfiguration.clientAuthenticationPolicy = 'NotRequired';
    const redeem = async (authorization: string | null) => {
      const code = redirected(await authorize()).searchParams.get('code') ?? '';
      const parameters = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: shop.id };
      return (await token(parameters, authorization)).status;
    };
    expect([await redeem(null), await redeem('Bearer x'), await redeem(basic())]).toEqual([400, 400, 200]);
  });

  it('authorizedURLValidationPolicy lets a wildcard stand for part of an address, only where it says so', async () => {
    shop.oauthConfiguration.authorizedRedirectURLs = ['https://*.example/callback'];
    expect((await authorize()).status).toBe(400);
    shop.oauthConfiguration.authorizedURLValidationPolicy = 'AllowWildcards';
    expect((await authorize()).status).toBe(302);
    expect((await authorize({ redirect_uri: 'https://evil.org/x.example/callback' })).status).toBe(400);
  });

  it('defaults are those of a new application: no grant, no refresh token, strict scopes', async () => {
    const { application } = (
      await callApi(emulator, 'POST', '/api/application', { body: { application: { name: 'New' } } })
    ).json() as { application: Application };
    expect(application.oauthConfiguration).toMatchObject({
      enabledGrants: [],
      generateRefreshTokens: false,
      scopeHandlingPolicy: 'Strict',
      unknownScopePolicy: 'Reject',
    });
  });
});

describe('an authorization request', () => {
  it('takes S256 alone, and the response modes it can answer in', async () => {
    expect((await authorize({ ...challenge, code_challenge_method: 'plain' })).status).toBe(400);
    expect((await authorize(challenge)).status).toBe(400);
    expect((await authorize({ response_mode: 'web_message' })).status).toBe(400);
  });

  it('is redirected with the locale and the state of the user', async () => {
    const [ann, bob] = [redirected(await authorize({ locale: 'de' })), redirected(await authorize({}, 'bob'))];
    expect(Object.fromEntries(ann.searchParams)).toMatchObject({ locale: 'de', userState: 'Authenticated' });
    expect(bob.searchParams.get('userState')).toBe('AuthenticatedNotRegistered');
  });

  it('with a max_age asks again once the sign-in is older', async () => {
    const cookie = (await authorize({ rememberDevice: 'true' })).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const query = new URLSearchParams({ client_id: shop.id, redirect_uri: redirectUri, response_type: 'code' });
    const silent = async () =>
      (await callApi(emulator, 'GET', `/oauth2/authorize?${query}&max_age=60`, { headers: { cookie } })).status;
    expect(await silent()).toBe(302);
    emulator.clock.advance(61_000);
    expect(await silent()).toBe(200);
  });
});

it('refreshes with some of the scopes of the session, and with none beside them', async () => {
  const { refresh_token } = (await passwordGrant('openid email offline_access')).json() as { refresh_token: string };
  const refresh = async (scope: string) =>
    (await token({ grant_type: 'refresh_token', refresh_token, scope })).json() as { scope?: string; error?: string };
  expect((await refresh('openid')).scope).toBe('openid');
  expect((await refresh('openid profile')).error).toBe('invalid_scope');
});

it('introspects for a client known by HTTP Basic alone, and refuses a wrong secret', async () => {
  const { access_token } = (await passwordGrant('openid')).json() as { access_token: string };
  const introspect = (authorization: string) =>
    callApi(emulator, 'POST', '/oauth2/introspect', {
      authorization,
      body: new URLSearchParams({ token: access_token }),
    });
  expect((await introspect(basic())).json()).toMatchObject({ active: true });
  const wrong = `Basic ${Buffer.from(`${shop.id}:wrong`).toString('base64')}`;
  expect((await introspect(wrong)).status).toBe(401);
});

it('introspects a token of the hinted type alone', async () => {
  const { access_token = '', id_token = '' } = (await passwordGrant('openid')).json() as Record<string, string>;
  const isActive = async (introspected: string, token_type_hint: string) => {
    const body = new URLSearchParams({ token: introspected, token_type_hint });
    const answer = await callApi(emulator, 'POST', '/oauth2/introspect', { authorization: basic(), body });
    return (answer.json() as { active: boolean }).active;
  };
  const answers = ['access_token', 'id_token'].map(async (hint) => [
    await isActive(access_token, hint),
    await isActive(id_token, hint),
  ]);
  expect(await Promise.all(answers)).toEqual([
    [true, false],
    [false, true],
  ]);
});

it('signs out for an ID token, and neither for a forged one nor for an access token', async () => {
  const { access_token, id_token } = (await passwordGrant('openid')).json() as Record<string, string>;
  const logout = async (hint = '') =>
    (await callApi(emulator, 'GET', `/oauth2/logout?id_token_hint=${hint}`, { authorization: null })).status;
  expect(await logout(id_token)).toBe(302);
  expect(await logout(access_token)).toBe(400);
  expect(await logout(`${id_token?.slice(0, -8)}AAAAAAAA`)).toBe(400);
});

it('refuses addresses to which it could not lead, also where the application names them', async () => {
  const { oauthConfiguration } = shop;
  const odd = { authorizedRedirectURLs: ['/relative'], logoutURL: '/bye' };
  const relative = emulator.store.addApplication({
    name: 'Relative',
    oauthConfiguration: { enabledGrants: oauthConfiguration.enabledGrants, ...odd },
  });
  const answer = await authorize({ client_id: relative.id, redirect_uri: '/relative' });
  expect([answer.status, answer.json()]).toMatchObject([400, { error_reason: 'invalid_redirect_uri' }]);
  const query = `client_id=${relative.id}&post_logout_redirect_uri=/bye&state=s`;
  const logout = await callApi(emulator, 'GET', `/oauth2/logout?${query}`, { authorization: null });
  expect([logout.status, logout.json()]).toMatchObject([400, { error_reason: 'invalid_post_logout_redirect_uri' }]);
});
