import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookInput } from '../../src/emulator/store/creators.js';
import { DeliveryAuthenticator } from '../../src/webhook/delivery-authenticator.js';
import { callApi } from '../support/api-client.js';
import { jsonType, sha256, signBody, startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { signInJson } from '../support/webhook-events.js';

const username = 'fusionauth';
const password = 'pass:word-with-ümlaut';
const headerValue = 'a-secret-in-a-header';
const hmacSecret = 'the-secret-of-the-hmac-signing-key-in-base64';
const basicVariables = { WEBHOOK_USERNAME: username, WEBHOOK_PASSWORD: password };
const headerVariables = { WEBHOOK_HEADER_NAME: 'X-Webhook-Secret', WEBHOOK_HEADER_VALUE: headerValue };
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const rightBasic = basic(`${username}:${password}`);
const rightHeader = { 'x-webhook-secret': headerValue };
const unsigned = { signatureConfiguration: { enabled: false } };

let endpoint: WebhookEndpoint;

afterEach(() => endpoint[Symbol.asyncDispose]());

const start = async (env: Readonly<Record<string, string>>) => {
  endpoint = await startWebhookEndpoint({ env });
};

async function statusWith(headers: Readonly<Record<string, string>>): Promise<number> {
  const { status } = await endpoint.post(JSON.stringify({ event: signInJson() }), { ...jsonType, ...headers });
  return status;
}

/** Signs alice in at the emulator, which delivers with this input, and answers how many events were handled. */
async function handledFromFusionAuth(input: Partial<WebhookInput>): Promise<number> {
  endpoint.subscribe(['user.login.success'], input);
  await endpoint.user().login();
  return (await endpoint.settled()).length;
}

describe('FusionAuth is recognised', () => {
  it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'Ed25519'] as const)(
    'by its signature with a %s key',
    async (algorithm) => {
      await start({ WEBHOOK_SIGNATURE: 'jwks' });
      const { id: signingKeyId } = endpoint.emulator.keys.generate({ name: 'Hook', algorithm });
      expect(await handledFromFusionAuth({ signatureConfiguration: { enabled: true, signingKeyId } })).toBe(1);
    },
  );

  it.each(['HS256', 'HS384', 'HS512'])('by its signature with an %s secret', async (algorithm) => {
    await start({ WEBHOOK_SIGNATURE: 'hmac', WEBHOOK_HMAC_SECRET: hmacSecret });
    const created = await callApi(endpoint.emulator, 'POST', '/api/key/import', {
      body: { key: { name: 'Hook', algorithm, secret: hmacSecret } },
    });
    const { key } = created.json() as { key: { id: string } };
    expect(await handledFromFusionAuth({ signatureConfiguration: { enabled: true, signingKeyId: key.id } })).toBe(1);
  });

  it('by user name and password', async () => {
    await start(basicVariables);
    const credentials = { httpAuthenticationUsername: username, httpAuthenticationPassword: password };
    expect(await handledFromFusionAuth({ ...unsigned, ...credentials })).toBe(1);
  });

  it('by a header', async () => {
    await start(headerVariables);
    expect(await handledFromFusionAuth({ ...unsigned, headers: { 'X-Webhook-Secret': headerValue } })).toBe(1);
  });

  it('by a header that is Authorization', async () => {
    await start({ WEBHOOK_HEADER_NAME: 'Authorization', WEBHOOK_HEADER_VALUE: `Bearer ${headerValue}` });
    expect(await handledFromFusionAuth({ ...unsigned, headers: { Authorization: `Bearer ${headerValue}` } })).toBe(1);
  });

  it('with a signature also where none is asked for', async () => {
    await start(headerVariables);
    expect(await handledFromFusionAuth({ headers: { 'X-Webhook-Secret': headerValue } })).toBe(1);
  });

  it('by everything at once', async () => {
    await start({ WEBHOOK_SIGNATURE: 'jwks', ...basicVariables, ...headerVariables });
    expect(
      await handledFromFusionAuth({
        httpAuthenticationUsername: username,
        httpAuthenticationPassword: password,
        headers: { 'X-Webhook-Secret': headerValue },
      }),
    ).toBe(1);
  });
});

describe('nobody else is:', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['nothing', {}],
    ['another password', basic(`${username}:${password}x`)],
    ['the beginning of the password', basic(`${username}:${password.slice(0, -1)}`)],
    ['no password', basic(`${username}:`)],
    ['another user name', basic(`Fusionauth:${password}`)],
    ['the halves the other way round', basic(`${password}:${username}`)],
    ['nothing in Base64', basic('')],
    ['the scheme alone', { authorization: 'Basic' }],
    ['no Base64', { authorization: `Basic ${username}:${password}` }],
    ['another scheme', { authorization: rightBasic.authorization.replace('Basic', 'Bearer') }],
    ['something behind', { authorization: `${rightBasic.authorization} x` }],
    ['another header', { 'x-authorization': rightBasic.authorization }],
  ])('by user name and password, with %s', async (_what, headers) => {
    await start(basicVariables);
    expect(await statusWith(headers)).toBe(401);
    expect(endpoint.handled).toEqual([]);
  });

  it('by user name and password, with several of them of which one is right', async () => {
    await start(basicVariables);
    const status = await new Promise((resolve, reject) => {
      const headers = [
        'host',
        'sessions.example.com',
        'content-type',
        'application/json',
        'authorization',
        rightBasic.authorization,
      ];
      const sent = request(endpoint.url, { method: 'POST', headers: [...headers, 'authorization', 'Basic eDp4'] });
      sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      sent.end(JSON.stringify({ event: signInJson() }));
    });
    expect(status).toBe(401);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['nothing', {}],
    ['another value', { 'x-webhook-secret': `${headerValue}x` }],
    ['the beginning of the value', { 'x-webhook-secret': headerValue.slice(0, -1) }],
    ['an empty value', { 'x-webhook-secret': '' }],
    ['the value in capitals', { 'x-webhook-secret': headerValue.toUpperCase() }],
    ['the value twice', { 'x-webhook-secret': `${headerValue}, ${headerValue}` }],
    ['the value in another header', { authorization: headerValue }],
  ])('by a header, with %s', async (_what, headers) => {
    await start(headerVariables);
    expect(await statusWith(headers)).toBe(401);
    expect(endpoint.handled).toEqual([]);
  });
});

describe('of several ways that are configured', () => {
  it('all have to be right', async () => {
    await start({ WEBHOOK_SIGNATURE: 'hmac', WEBHOOK_HMAC_SECRET: hmacSecret, ...basicVariables, ...headerVariables });
    const key = endpoint.emulator.keys.import({ name: 'Hook', algorithm: 'HS256' }, { secret: hmacSecret });
    const body = JSON.stringify({ event: signInJson() });
    const signature = { 'x-fusionauth-signature-jwt': await signBody(key, body) };
    const ways = [signature, rightBasic, rightHeader];
    for (let chosen = 0; chosen < 2 ** ways.length - 1; chosen += 1) {
      const headers = Object.assign({}, ...ways.filter((_way, index) => ((chosen >> index) & 1) === 1));
      expect((await endpoint.post(body, { ...jsonType, ...headers })).status).toBe(401);
    }
    expect(endpoint.handled).toEqual([]);
    expect((await endpoint.post(body, { ...jsonType, ...signature, ...rightBasic, ...rightHeader })).status).toBe(200);
  });

  it('the log says which was wrong, and the answer does not', async () => {
    await start({ WEBHOOK_SIGNATURE: 'jwks', ...basicVariables, ...headerVariables });
    await statusWith({});
    await statusWith(rightBasic);
    await statusWith({ ...rightBasic, ...rightHeader });
    const reasons = endpoint.logs.filter(({ msg }) => msg === 'webhook delivery not recognised');
    expect(reasons.map(({ reason }) => reason)).toEqual(['credentials', 'header', 'signature']);
  });
});

describe('a hash of the body', () => {
  it('is not enough by itself', async () => {
    await start({ WEBHOOK_SIGNATURE: 'jwks' });
    const body = JSON.stringify({ event: signInJson() });
    const headers = { ...jsonType, 'x-fusionauth-signature-jwt': sha256(body), digest: `sha-256=${sha256(body)}` };
    expect((await endpoint.post(body, headers)).status).toBe(401);
  });

  it('cannot be the only thing that is asked for', async () => {
    await start(headerVariables);
    expect(() => new DeliveryAuthenticator({ basic: null, header: null }, null)).toThrow(TypeError);
  });
});
