import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';

const redirectUri = 'https://shop.example/callback';
/** The emulator speaks plain HTTP on the local machine. */
const insecure = { [oauth.allowInsecureRequests]: true };

let emulator: Emulator;
let server: oauth.AuthorizationServer;
let shop: Application;
let alice: User;
let client: oauth.Client;

beforeAll(async () => {
  emulator = await startEmulator();
  emulator.store.tenantOrThrow(emulator.tenantId).issuer = emulator.url;
  const issuer = new URL(emulator.url);
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
});

afterAll(() => emulator[Symbol.asyncDispose]());

beforeEach(() => {
  shop = emulator.store.addApplication({
    name: 'Shop',
    oauthConfiguration: {
      authorizedRedirectURLs: [redirectUri],
      enabledGrants: ['authorization_code', 'refresh_token'],
      proofKeyForCodeExchangePolicy: 'Required',
    },
  });
  alice = emulator.store.addUser({
    email: `alice@${shop.id}.example`,
    password: 'password',
    applicationIds: [shop.id],
  });
  client = { client_id: shop.id };
});

const basic = () => oauth.ClientSecretBasic(shop.oauthConfiguration.clientSecret);

/** Where the login page sends Alice, for an authorization request with these parameters. */
async function authorize(parameters: Record<string, string>): Promise<Response> {
  const form = {
    client_id: shop.id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    code_challenge_method: 'S256',
    loginId: alice.email ?? '',
    password: 'password',
    ...parameters,
  };
  const body = new URLSearchParams(form);
  return fetch(server.authorization_endpoint ?? '', { method: 'POST', body, redirect: 'manual' });
}

async function signIn(auth: oauth.ClientAuth = basic()): Promise<oauth.TokenEndpointResponse> {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
  const answer = await authorize({ state, nonce, code_challenge });
  const parameters = oauth.validateAuthResponse(server, client, new URL(answer.headers.get('location') ?? ''), state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    auth,
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  return oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
}

async function introspect(token: string, hint?: string): Promise<oauth.IntrospectionResponse> {
  // FusionAuth's discovery document names no introspection endpoint.
  const at = { ...server, introspection_endpoint: `${emulator.url}/oauth2/introspect` };
  const additionalParameters = { ...(hint === undefined ? {} : { token_type_hint: hint }) };
  const response = await oauth.introspectionRequest(at, client, basic(), token, { ...insecure, additionalParameters });
  return oauth.processIntrospectionResponse(at, client, response);
}

describe('oauth4webapi', () => {
  it.each([
    ['HTTP Basic', basic],
    ['a secret in the form', () => oauth.ClientSecretPost(shop.oauthConfiguration.clientSecret)],
  ])('signs a user in with PKCE and %s, and checks signature, nonce and issuer', async (_name, auth) => {
    const tokens = await signIn(auth());
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: alice.id, email: alice.email });
    const user = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
    expect(await oauth.processUserInfoResponse(server, client, alice.id, user)).toMatchObject({ email: alice.email });
  });

  it('introspects tokens by HTTP Basic alone: access tokens stay active, refresh tokens end', async () => {
    const { access_token, refresh_token = '' } = await signIn();
    expect(await introspect(access_token)).toMatchObject({ active: true, sub: alice.id, aud: shop.id });
    expect(await introspect(refresh_token, 'refresh_token')).toMatchObject({ active: true, sub: alice.id });

    const query = new URLSearchParams({ token: refresh_token });
    expect((await callApi(emulator, 'DELETE', `/api/jwt/refresh?${query}`)).status).toBe(200);
    expect(await introspect(refresh_token, 'refresh_token')).toEqual({ active: false });
    expect(await introspect(access_token)).toMatchObject({ active: true });
  });

  it('refreshes until the session is revoked, which only the API can', async () => {
    const { refresh_token = '' } = await signIn();
    const refresh = async () => {
      const response = await oauth.refreshTokenGrantRequest(server, client, basic(), refresh_token, insecure);
      return oauth.processRefreshTokenResponse(server, client, response);
    };
    expect((await refresh()).access_token).toEqual(expect.any(String));
    // FusionAuth has no revocation endpoint of OAuth (RFC 7009).
    expect(server.revocation_endpoint).toBeUndefined();
    expect((await callApi(emulator, 'POST', '/oauth2/revoke')).status).toBe(404);

    const [session] = emulator.store.sessionsOf(alice.id);
    expect((await callApi(emulator, 'DELETE', `/api/jwt/refresh/${session?.id}`)).status).toBe(200);
    await expect(refresh()).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('without a secret cannot refresh where PKCE stands for the secret, for PKCE proves codes only', async () => {
    shop.oauthConfiguration.clientAuthenticationPolicy = 'NotRequiredWhenUsingPKCE';
    const { refresh_token = '' } = await signIn(oauth.None());
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh_token, insecure);
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { error: 'invalid_client', error_reason: 'client_authentication_missing' },
    ]);
  });
});

describe('response_mode', () => {
  const challenge = () => oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier());

  it('fragment answers behind the number sign', async () => {
    const answer = await authorize({ response_mode: 'fragment', state: 's', code_challenge: await challenge() });
    const { hash, search } = new URL(answer.headers.get('location') ?? '');
    expect([search, new URLSearchParams(hash.slice(1)).get('state')]).toEqual(['', 's']);
  });

  it('form_post answers with a form that submits itself to the client', async () => {
    const answer = await authorize({ response_mode: 'form_post', state: '"<s>', code_challenge: await challenge() });
    const page = await answer.text();
    expect(page).toContain(`<form method="post" action="${redirectUri}">`);
    expect(page).toContain('name="state" value="&quot;&lt;s&gt;"');
    expect(page).toMatch(/name="code" value="[\w-]{43}"/);
  });

  it('anything else is refused', async () => {
    const answer = await authorize({ response_mode: 'web_message', code_challenge: await challenge() });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error_reason: 'invalid_response_mode' }]);
  });
});

describe("a third party's application", () => {
  const challenge = async () => oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier());

  beforeEach(() => {
    const at = { insertInstant: 0, lastUpdateInstant: 0 };
    shop.oauthConfiguration.relationship = 'ThirdParty';
    shop.oauthConfiguration.unknownScopePolicy = 'Reject';
    shop.scopes.push({ id: '1', name: 'orders', defaultConsentMessage: 'See <your> orders', required: false, ...at });
    shop.scopes.push({ id: '2', name: 'profile.basic', required: true, ...at });
  });

  const scope = 'openid offline_access orders profile.basic';

  /** Signs Alice in, and returns the answer to the question of consent as the page begins it. */
  async function question(code_challenge: string): Promise<URLSearchParams> {
    const page = await (await authorize({ scope, code_challenge, state: 's' })).text();
    expect(page).toContain('See &lt;your&gt; orders');
    const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
    return new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value]));
  }

  /** Answers the question of consent with these choices. */
  async function decide(choice: string, consentedScopes: string[]): Promise<URL> {
    const body = await question(await challenge());
    body.set('consent', choice);
    for (const name of consentedScopes) body.append('consentedScopes', name);
    const answer = await fetch(`${emulator.url}/oauth2/consent`, { method: 'POST', body, redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? '');
  }

  it('gets what the user allows, and what is required', async () => {
    const location = await decide('allow', []);
    const code = location.searchParams.get('code') ?? '';
    const granted = emulator.store.sessionsOf(alice.id);
    expect([code !== '', granted, location.searchParams.get('state')]).toEqual([true, [], 's']);
  });

  it('is told when the user refuses', async () => {
    expect(Object.fromEntries((await decide('cancel', [])).searchParams)).toMatchObject({
      error: 'access_denied',
      error_reason: 'consent_canceled',
      state: 's',
    });
  });

  it('asks again each time, once where the decision is remembered, and never where it is told so', async () => {
    const asks = async () => {
      const answer = await authorize({ scope, code_challenge: await challenge() });
      return answer.headers.get('location') === null;
    };
    await decide('allow', ['orders']);
    expect(await asks()).toBe(true);
    shop.oauthConfiguration.consentMode = 'RememberDecision';
    await decide('allow', []);
    expect(await asks()).toBe(false);
    shop.oauthConfiguration.consentMode = 'NeverPrompt';
    emulator.store.consents.clear();
    expect(await asks()).toBe(false);
  });

  it('asks a user anew who was deleted and has come back under the same id, and so does an application', async () => {
    shop.oauthConfiguration.consentMode = 'RememberDecision';
    const { store } = emulator;
    for (const forget of [() => store.deleteUser(alice.id), () => store.deleteApplication(shop.id)]) {
      await decide('allow', []);
      expect(store.consents.size).toBe(1);
      forget();
      expect(store.consents.size).toBe(0);
      store.addUser({ ...alice, password: 'password' });
    }
  });

  it('gets the scopes that were allowed into its tokens, and no answer is taken twice', async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const body = await question(await oauth.calculatePKCECodeChallenge(verifier));
    body.set('consent', 'allow');
    const answerOnce = () => fetch(`${emulator.url}/oauth2/consent`, { method: 'POST', body, redirect: 'manual' });
    const location = new URL((await answerOnce()).headers.get('location') ?? '');
    const parameters = oauth.validateAuthResponse(server, client, location, 's');
    const code = [basic(), parameters, redirectUri, verifier, insecure] as const;
    const response = await oauth.authorizationCodeGrantRequest(server, client, ...code);
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
    expect(tokens.scope).toBe('openid offline_access profile.basic');
    expect((await answerOnce()).status).toBe(400);
  });
});
