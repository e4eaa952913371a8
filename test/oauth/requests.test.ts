import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId } from '../support/access-tokens.js';
import { basic, knownTokens, type PostOptions, postForm } from '../support/oauth.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';

const keys = [
  { name: 'gateway', key: 'key of: the+gateway%' },
  { name: 'reader', key: 'key-of-reader', permissions: ['session:read', 'session:revoke'] },
  { name: 'old', key: 'key-of-old', expiresAt: '2020-01-01T00:00:00Z' },
];
const gateway = basic('gateway', 'key of: the+gateway%');

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...knownTokens, SERVICE_KEYS: serviceKeysVariable(...keys) } });
  ({ token } = await service.user().login());
});

afterAll(() => service[Symbol.asyncDispose]());

const endpoints = ['/oauth2/introspect', '/oauth2/revoke'] as const;

const post = (path: string, form: Readonly<Record<string, string>> | string, options: PostOptions = {}) =>
  postForm(service, path, form, { authorization: gateway, ...options });

describe.each(endpoints)('%s', (path) => {
  it('takes a client id and a secret that are encoded as RFC 6749 says', async () => {
    expect((await post(path, { token: 'unknown' })).status).toBe(200);
  });

  it.each([
    ['none', null, 'invalid_client', /^Basic realm="fusionauth-sessions", charset="UTF-8"$/],
    ['an unknown secret', basic('gateway', 'wrong'), 'invalid_client', /^Basic /],
    ['the secret of another client', basic('reader', 'key of: the+gateway%'), 'invalid_client', /^Basic /],
    ['a secret that is not encoded', `Basic ${btoa('gateway:key of: the+gateway%')}`, 'invalid_client', /^Basic /],
    ['a secret that has expired', basic('old', 'key-of-old'), 'invalid_client', /^Basic /],
    ['no colon', `Basic ${btoa('gateway')}`, 'invalid_client', /^Basic /],
    ['no Base64', 'Basic %%%', 'invalid_client', /^Basic /],
    ['nothing after the scheme', 'Basic', 'invalid_client', /^Basic /],
    ['an unknown Bearer token', 'Bearer wrong', 'invalid_token', /^Bearer .*error="invalid_token"$/],
    ['another scheme', 'Digest x', 'invalid_token', /^Bearer /],
  ])('refuses credentials (%s) with 401, and names the scheme', async (_what, authorization, error, scheme) => {
    const { status, body, headers } = await post(path, { token }, { authorization });
    expect([status, body['error']]).toEqual([401, error]);
    expect(headers.get('www-authenticate')).toMatch(scheme);
    expect(headers.get('cache-control')).toBe('no-store');
    // Of the characters that RFC 6749 admits.
    expect(body['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it.each(['Digest x', 'Token key-of-reader', 'key-of-reader'])(
    'says how to write credentials: %s',
    async (authorization) => {
      const { body } = await post(path, { token }, { authorization });
      expect(body['error_description']).toContain('Write Basic or Bearer and a space before the credentials');
    },
  );

  it.each([
    ['Basic', basic('reader', 'key-of-reader'), 'unauthorized_client'],
    ['Bearer', 'Bearer key-of-reader', 'insufficient_scope'],
  ])('refuses a key that lacks the permission with 403 (%s)', async (_what, authorization, error) => {
    const { status, body } = await post(path, { token }, { authorization });
    expect([status, body['error']]).toEqual([403, error]);
    expect(body['error_description']).toMatch(/token:(introspect|revoke)/);
  });

  it.each([
    ['no token', '', 400],
    ['an empty token', 'token=', 400],
    ['a token twice', 'token=a&token=b', 400],
    ['a hint twice', 'token=a&token_type_hint=x&token_type_hint=x', 400],
    [
      'a parameter twice among very many',
      `${Array.from({ length: 6_000 }, (_, i) => i.toString(36)).join('&')}&0`,
      400,
    ],
    ['a body that is too large', `token=${'a'.repeat(40_000)}`, 413],
  ])('refuses %s', async (_what, form, status) => {
    const answer = await post(path, form);
    expect([answer.status, answer.body['error']]).toEqual([status, 'invalid_request']);
  });

  it('refuses JSON, a compressed body and a token in the query', async () => {
    const json = await post(path, '{"token":"a"}', { headers: { 'content-type': 'application/json' } });
    expect([json.status, json.body['error']]).toEqual([415, 'invalid_request']);
    const gzip = await post(path, 'token=a', { headers: { 'content-encoding': 'gzip' } });
    expect([gzip.status, gzip.body['error']]).toEqual([415, 'invalid_request']);
    const query = await post(`${path}?token=${token}`, 'token=a');
    expect([query.status, query.body['error']]).toEqual([400, 'invalid_request']);
  });

  it('refuses other methods than POST with 405, and names that one', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await service.fetch(path, { method, headers: { authorization: gateway } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('is not there where nothing says which tokens are FusionAuth’s', async () => {
    await using plain = await startTestService({ beside: service });
    expect((await postForm(plain, path, { token })).status).toBe(404);
  });

  it('spends the points of its caller', async () => {
    const env = {
      ...knownTokens,
      RATE_LIMIT_POINTS: '1100',
      RATE_LIMIT_INTERVAL_SECONDS: '3600',
      SERVICE_KEYS: serviceKeysVariable(...keys),
    };
    await using poor = await startTestService({ shopId, env, beside: service });
    const options = { authorization: gateway };
    for (let asked = 0; asked < 1_100; asked += 100) {
      await Promise.all(Array.from({ length: 100 }, () => postForm(poor, path, {}, options)));
    }
    const { status, body, headers } = await postForm(poor, path, { token }, options);
    expect([status, body['error']]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

it('a key for the OAuth endpoints alone may do nothing else', async () => {
  const key = 'key-of-oauth';
  const env = {
    ...knownTokens,
    SERVICE_KEYS: serviceKeysVariable({ name: 'oauth', key, permissions: ['token:introspect', 'token:revoke'] }),
  };
  await using narrow = await startTestService({ shopId, env, beside: service });
  const { refreshTokenId, token: other } = await service.user().login();
  const { body } = await narrow.query(
    'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }',
    { id: refreshTokenId },
    { key },
  );
  expect(body.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const options = { authorization: `Bearer ${key}` };
  expect((await postForm(narrow, '/oauth2/introspect', { token: other }, options)).body).toMatchObject({
    active: true,
  });
});
