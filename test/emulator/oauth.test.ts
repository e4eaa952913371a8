import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';
import { authorizationRequest, redeem, redirectUri, submit } from './code-flow.js';

let emulator: Emulator;
let shop: Application;
let alice: User;
let config: oidc.Configuration;

beforeAll(async () => {
  emulator = await startEmulator();
  emulator.store.tenantOrThrow(emulator.tenantId).issuer = emulator.url;
});

afterAll(() => emulator[Symbol.asyncDispose]());

beforeEach(async () => {
  shop = emulator.store.addApplication({
    name: 'Shop',
    oauthConfiguration: {
      authorizedRedirectURLs: [redirectUri],
      enabledGrants: ['authorization_code', 'refresh_token', 'password'],
    },
  });
  alice = emulator.store.addUser({
    email: `alice@${shop.id}.example`,
    password: 'password',
    fullName: 'Alice',
    applicationIds: [shop.id],
  });
  const options = { execute: [oidc.allowInsecureRequests] };
  const secret = shop.oauthConfiguration.clientSecret;
  config = await oidc.discovery(new URL(emulator.url), shop.id, secret, undefined, options);
});

const token = (form: Record<string, string>) =>
  callApi(emulator, 'POST', '/oauth2/token', {
    authorization: null,
    body: new URLSearchParams({ client_id: shop.id, client_secret: shop.oauthConfiguration.clientSecret, ...form }),
  });

describe('the code flow with PKCE', () => {
  it('is completed by a standard client, and creates a session with its scopes', async () => {
    const flow = await authorizationRequest(config);
    const page = await fetch(flow.url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('name="loginId"');

    const tokens = await redeem(config, flow, await submit(flow, alice, { 'metaData.device.name': 'Firefox' }));

    const [session, ...others] = emulator.store.sessionsOf(alice.id);
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      token: tokens.refresh_token,
      applicationId: shop.id,
      metaData: { scopes: ['openid', 'offline_access'], device: { name: 'Firefox' } },
    });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sid: session?.id, scope: 'openid offline_access' });
    expect(tokens.claims()).toMatchObject({ sub: alice.id, aud: shop.id, email: alice.email });
    expect(await oidc.fetchUserInfo(config, tokens.access_token, alice.id)).toMatchObject({ name: 'Alice' });

    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed['refresh_token_id']).toBe(session?.id);
    expect(decodeJwt(refreshed.access_token)).toMatchObject({
      sid: session?.id,
      authenticationType: 'REFRESH_TOKEN',
      auth_time: decodeJwt(tokens.access_token)['auth_time'],
    });
  });

  it('creates no session without offline_access', async () => {
    const flow = await authorizationRequest(config, { scope: 'openid' });
    const tokens = await redeem(config, flow, await submit(flow, alice));

    expect(tokens.refresh_token).toBeUndefined();
    expect(decodeJwt(tokens.access_token)).not.toHaveProperty('sid');
    expect(emulator.store.sessionsOf(alice.id)).toEqual([]);
  });

  it('takes a code once, for thirty seconds, with its verifier', async () => {
    const first = await authorizationRequest(config);
    const answer = await submit(first, alice);
    await redeem(config, first, answer);
    await expect(redeem(config, first, answer)).rejects.toMatchObject({ error: 'invalid_grant' });

    const wrong = await authorizationRequest(config);
    const stolen = redeem(config, { ...wrong, verifier: oidc.randomPKCECodeVerifier() }, await submit(wrong, alice));
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' });

    const late = await authorizationRequest(config);
    const lateAnswer = await submit(late, alice);
    emulator.clock.advance(30_000);
    await expect(redeem(config, late, lateAnswer)).rejects.toMatchObject({ error: 'invalid_grant' });
    emulator.clock.advance(-30_000);
  });

  it('shows the page again for wrong credentials and sends nobody to a foreign address', async () => {
    const flow = await authorizationRequest(config);
    const refused = await submit(flow, alice, { password: 'wrong' });
    expect([refused.status, refused.headers.get('location')]).toEqual([200, null]);
    expect(await refused.text()).toContain('Invalid login credentials');

    const foreign = await authorizationRequest(config, { redirect_uri: 'https://evil.example/' });
    const answer = await submit(foreign, alice);
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });

  it('puts nothing unescaped on the login page', async () => {
    const flow = await authorizationRequest(config, { state: '"><script>' });
    expect(await (await fetch(flow.url)).text()).not.toContain('<script>');
  });
});

describe('single sign-on', () => {
  it('starts with "keep me signed in" and lets the next request pass until it ends', async () => {
    const flow = await authorizationRequest(config, { scope: 'openid' });
    const answer = await submit(flow, alice, { rememberDevice: 'true' });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const [session] = emulator.store.sessionsOf(alice.id);
    expect(session).toMatchObject({ tenantId: emulator.tenantId });
    expect(session).not.toHaveProperty('applicationId');

    const visit = (url: URL) => fetch(url, { redirect: 'manual', headers: { cookie } });
    const silent = await authorizationRequest(config, { scope: 'openid', prompt: 'none' });
    const tokens = await redeem(config, silent, await visit(silent.url));
    expect(tokens.claims()).toMatchObject({ sub: alice.id, sid: session?.id });

    const logout = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: redirectUri, state: 'bye' });
    const left = await visit(logout);
    expect(left.headers.get('location')).toBe(`${redirectUri}?state=bye`);
    expect(emulator.store.sessionsOf(alice.id)).toEqual([]);
    expect((await visit(silent.url)).headers.get('location')).toContain('error=login_required');
  });

  it('ends and leaves the sessions of applications alone', async () => {
    const flow = await authorizationRequest(config);
    const answer = await submit(flow, alice, { rememberDevice: 'true' });
    const tokens = await redeem(config, flow, answer);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';

    await fetch(`${emulator.url}/oauth2/logout?client_id=${shop.id}`, { redirect: 'manual', headers: { cookie } });

    expect(emulator.store.sessionsOf(alice.id)).toMatchObject([{ token: tokens.refresh_token }]);
  });
});

describe('the token endpoint', () => {
  it('gives tokens for a password, and refuses a wrong one', async () => {
    const credentials = { grant_type: 'password', username: alice.email ?? '', password: 'password' };
    const answer = await token({ ...credentials, scope: 'offline_access' });
    const [session] = emulator.store.sessionsOf(alice.id);
    expect(answer.json()).toMatchObject({ refresh_token_id: session?.id, token_type: 'Bearer', userId: alice.id });

    const refused = await token({ ...credentials, password: 'wrong' });
    expect([refused.status, refused.json()]).toMatchObject([
      400,
      { error: 'invalid_grant', error_reason: 'invalid_user_credentials' },
    ]);
  });

  it('gives a token to a client for itself', async () => {
    const { access_token } = await oidc.clientCredentialsGrant(config);
    expect(decodeJwt(access_token)).toMatchObject({ sub: shop.id, aud: shop.id });
  });

  it('answers 401 for an unknown client, a wrong secret and a missing one', async () => {
    const grant = { grant_type: 'refresh_token', refresh_token: 'x' };
    for (const members of [{ client_id: 'nobody' }, { client_secret: 'wrong' }, { client_secret: '' }]) {
      const answer = await token({ ...grant, ...members });
      expect([answer.status, answer.json()]).toMatchObject([401, { error: 'invalid_client' }]);
    }
  });

  it('refuses refresh tokens that are unknown, revoked or of another client', async () => {
    const other = emulator.store.addApplication({ name: 'Other' });
    const foreign = emulator.store.addSession({ userId: alice.id, applicationId: other.id });
    const revoked = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await callApi(emulator, 'DELETE', `/api/jwt/refresh/${revoked.id}`);

    for (const refresh_token of ['unknown', revoked.token, foreign.token]) {
      const answer = await token({ grant_type: 'refresh_token', refresh_token });
      expect(answer.json()).toMatchObject({ error: 'invalid_grant', error_reason: 'refresh_token_not_found' });
    }
  });

  it('refuses grants that are not enabled or not known', async () => {
    shop.oauthConfiguration.enabledGrants = [];
    const disabled = await token({ grant_type: 'password', username: 'x', password: 'y' });
    expect(disabled.json()).toMatchObject({ error: 'unauthorized_client', error_reason: 'grant_type_disabled' });
    expect((await token({ grant_type: 'telepathy' })).json()).toMatchObject({ error: 'unsupported_grant_type' });
  });

  it('rotates one-time-use tokens', async () => {
    shop.jwtConfiguration.enabled = true;
    shop.jwtConfiguration.refreshTokenUsagePolicy = 'OneTimeUse';
    const first = emulator.store.addSession({ userId: alice.id, applicationId: shop.id }).token;
    const rotated = await token({ grant_type: 'refresh_token', refresh_token: first });
    expect(rotated.json()).not.toMatchObject({ refresh_token: first });
    expect((await token({ grant_type: 'refresh_token', refresh_token: first })).status).toBe(400);
  });
});

describe('introspection', () => {
  it('calls an access token active until it expires, whatever became of its session', async () => {
    const flow = await authorizationRequest(config);
    const tokens = await redeem(config, flow, await submit(flow, alice));
    await callApi(emulator, 'DELETE', `/api/jwt/refresh?userId=${alice.id}`);

    expect(await oidc.tokenIntrospection(introspecting(), tokens.access_token)).toMatchObject({
      active: true,
      sub: alice.id,
    });
    const foreign = await callApi(emulator, 'POST', '/oauth2/introspect', {
      body: new URLSearchParams({ client_id: 'other', token: tokens.access_token }),
    });
    expect(foreign.status).toBe(401);
    emulator.clock.advance(3_600_000);
    expect(await oidc.tokenIntrospection(introspecting(), tokens.access_token)).toEqual({ active: false });
    emulator.clock.advance(-3_600_000);
  });

  it('looks a refresh token up when it is told that it is one', async () => {
    const { token: refreshToken, id } = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    const hint = { token_type_hint: 'refresh_token' };
    expect(await oidc.tokenIntrospection(introspecting(), refreshToken, hint)).toMatchObject({ active: true, sid: id });
    expect(await oidc.tokenIntrospection(introspecting(), refreshToken)).toEqual({ active: false });
    await callApi(emulator, 'DELETE', `/api/jwt/refresh/${id}`);
    expect(await oidc.tokenIntrospection(introspecting(), refreshToken, hint)).toEqual({ active: false });
  });

  /** FusionAuth's discovery names no introspection endpoint, so a client must be told. */
  function introspecting(): oidc.Configuration {
    const metadata = { issuer: emulator.url, introspection_endpoint: `${emulator.url}/oauth2/introspect` };
    const told = new oidc.Configuration(metadata, shop.id, shop.oauthConfiguration.clientSecret);
    oidc.allowInsecureRequests(told);
    return told;
  }
});
