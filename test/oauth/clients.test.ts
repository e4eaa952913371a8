import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId } from '../support/access-tokens.js';
import { basic, knownTokens } from '../support/oauth.js';
import { exchange } from '../support/raw-connection.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';

const clientId = 'api-gateway';
const clientSecret = 'key-of-the-gateway';
const publicUrl = 'http://sessions.test/sessions';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({
    shopId,
    env: {
      ...knownTokens,
      SERVICE_KEYS: serviceKeysVariable({
        name: clientId,
        key: clientSecret,
        permissions: ['token:introspect', 'token:revoke'],
      }),
      BASE_PATH: '/sessions',
      PUBLIC_URL: publicUrl,
    },
  });
});

afterAll(() => service[Symbol.asyncDispose]());

/** The way from the public URL to the service, which a proxy is elsewhere. */
function throughProxy(target: string, init: object): Promise<Response> {
  const { pathname, search } = new URL(target);
  return fetch(`${service.url}${pathname}${search}`, init);
}

describe('openid-client', () => {
  it.each([['client_secret_basic', () => openid.ClientSecretBasic(clientSecret)]])(
    'discovers the endpoints, introspects and revokes with %s',
    async (_method, authentication) => {
      const config = await openid.discovery(new URL(publicUrl), clientId, undefined, authentication(), {
        algorithm: 'oauth2',
        execute: [openid.allowInsecureRequests],
        [openid.customFetch]: throughProxy,
      });
      const { token, refreshToken, refreshTokenId } = await service.user().login();
      const before = await openid.tokenIntrospection(config, token);
      expect(before).toMatchObject({ active: true, client_id: shopId, sid: refreshTokenId, iss: 'acme.com' });
      await openid.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
      const other = await service.user().login();
      await openid.tokenRevocation(config, other.token, { token_type_hint: 'access_token' });
      expect(await openid.tokenIntrospection(config, other.token)).toEqual({ active: false });
      await expect(openid.tokenRevocation(config, 'eyJ.e.x')).resolves.toBeUndefined();
    },
  );

  it('is told of wrong credentials in a form that it understands', async () => {
    const server = { issuer: publicUrl, introspection_endpoint: `${publicUrl}/oauth2/introspect` };
    const config = new openid.Configuration(server, clientId, undefined, openid.ClientSecretBasic('wrong'));
    openid.allowInsecureRequests(config);
    config[openid.customFetch] = throughProxy;
    await expect(openid.tokenIntrospection(config, 'x')).rejects.toMatchObject({ status: 401 });
  });
});

describe('oauth4webapi', () => {
  const options = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: throughProxy };
  const client = { client_id: clientId };
  const discover = async () => {
    const issuer = new URL(publicUrl);
    const response = await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' });
    return oauth.processDiscoveryResponse(issuer, response);
  };

  it('discovers the endpoints, introspects and revokes', async () => {
    const server = await discover();
    const authentication = oauth.ClientSecretBasic(clientSecret);
    const alice = service.user();
    const { token, refreshToken } = await alice.login();
    const introspect = async (value: string) =>
      oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(server, client, authentication, value, options),
      );
    expect(await introspect(token)).toMatchObject({ active: true, sub: alice.id });
    expect(await introspect(refreshToken)).toEqual({ active: false });
    const answer = await oauth.revocationRequest(server, client, authentication, refreshToken, options);
    await oauth.processRevocationResponse(answer);
    expect(alice.liveIds()).toEqual([]);
  });

  it('is told what is wrong in a form that it understands', async () => {
    const server = await discover();
    const idToken = `${'eyJ'}${'a'.repeat(10)}.b.c`;
    const wrong = await oauth.revocationRequest(server, client, oauth.ClientSecretBasic('wrong'), idToken, options);
    await expect(oauth.processRevocationResponse(wrong)).rejects.toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
  });
});

/** Sends these lines and this body on a connection of its own. */
async function exchangeRaw(url: string, lines: readonly string[], content: string) {
  const head = [...lines, 'Host: sessions.internal', `Content-Length: ${content.length}`, 'Connection: close'];
  const answer = await exchange(url, `${head.join('\r\n')}\r\n\r\n${content}`);
  const [headers = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(headers.split(' ')[1]), headers, body };
}

/** As their documentation and source send it, byte for byte but for the values. */
describe('a request as it is sent by', () => {
  it('Spring Security’s opaque token support: encoded credentials, a charset, Accept', async () => {
    const { token } = await service.user().login();
    const { status, body } = await exchangeRaw(
      service.url,
      [
        'POST /oauth2/introspect HTTP/1.1',
        'Accept: application/json',
        'Content-Type: application/x-www-form-urlencoded;charset=UTF-8',
        `Authorization: ${basic(clientId, clientSecret)}`,
        'User-Agent: Java-http-client/21.0.2',
      ],
      `token=${token}`,
    );
    expect([status, JSON.parse(body)]).toMatchObject([200, { active: true, aud: shopId }]);
  });

  it('APISIX’s and Kong’s OpenID Connect plugins: a hint, no Accept', async () => {
    const { token } = await service.user().login();
    const { status, body, headers } = await exchangeRaw(
      service.url,
      [
        'POST /sessions/oauth2/introspect HTTP/1.1',
        'Content-Type: application/x-www-form-urlencoded',
        `Authorization: Basic ${btoa(`${clientId}:${clientSecret}`)}`,
        'User-Agent: lua-resty-http/0.16.1 (Lua) ngx_lua/10021',
      ],
      `token=${token}&token_type_hint=access_token`,
    );
    expect([status, JSON.parse(body).active]).toEqual([200, true]);
    expect(headers).toMatch(/content-type: application\/json/i);
  });

  it('NGINX’s njs and Envoy’s filters: Bearer credentials', async () => {
    const { status, body } = await exchangeRaw(
      service.url,
      [
        'POST /oauth2/introspect HTTP/1.1',
        'Accept: */*',
        'Content-Type: application/x-www-form-urlencoded',
        `Authorization: Bearer ${clientSecret}`,
      ],
      'token=x',
    );
    expect([status, JSON.parse(body)]).toEqual([200, { active: false }]);
  });
});

describe('the discovery document', () => {
  it('names the endpoints at the public URL, and that there is no other use of this server', async () => {
    const response = await service.fetch('/sessions/.well-known/oauth-authorization-server');
    expect(await response.json()).toEqual({
      issuer: publicUrl,
      introspection_endpoint: `${publicUrl}/oauth2/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
      revocation_endpoint: `${publicUrl}/oauth2/revoke`,
      revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
      response_types_supported: [],
      grant_types_supported: [],
    });
  });

  it('is not there where nobody has said where clients see the service', async () => {
    await using plain = await startTestService({ shopId, env: knownTokens, beside: service });
    expect((await plain.fetch('/.well-known/oauth-authorization-server')).status).toBe(404);
  });
});
