import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../support/api-client.js';
import { jsonType, signBody, startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { eventJson, examples, ids } from '../support/webhook-events.js';

const hmacSecret = 'the-secret-of-the-hmac-signing-key-in-base64';
const password = 'the-password-of-the-webhook';
const headerValue = 'the-secret-of-the-header';
const userPassword = 'the-password-of-the-user';
const canary = 'canary-7f3a';

/** Secrets that a delivery holds, by name. */
const secrets = new Map([
  ['HMAC secret', hmacSecret],
  ['password', password],
  ['header', headerValue],
  ['basic credentials', Buffer.from(`fusionauth:${password}`).toString('base64')],
  ['password of a user', userPassword],
  ['canary', canary],
]);

let endpoint: WebhookEndpoint;
let isFailing = false;

beforeAll(async () => {
  endpoint = await startWebhookEndpoint({
    env: {
      WEBHOOK_SIGNATURE: 'hmac',
      WEBHOOK_HMAC_SECRET: hmacSecret,
      WEBHOOK_USERNAME: 'fusionauth',
      WEBHOOK_PASSWORD: password,
      WEBHOOK_HEADER_NAME: 'x-webhook-secret',
      WEBHOOK_HEADER_VALUE: headerValue,
    },
    work: async () => {
      if (isFailing) throw new Error('Not now');
    },
  });
  const key = endpoint.emulator.keys.import({ name: 'Hook', algorithm: 'HS256' }, { secret: hmacSecret });
  endpoint.subscribe(['jwt.refresh-token.revoke', 'jwt.refresh', 'user.login.success', 'user.password.update'], {
    httpAuthenticationUsername: 'fusionauth',
    httpAuthenticationPassword: password,
    headers: { 'x-webhook-secret': headerValue },
    signatureConfiguration: { enabled: true, signingKeyId: key.id },
  });
});

afterAll(() => endpoint[Symbol.asyncDispose]());

const secretsIn = (text: string) => [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);

/** Whether it was handled or not, nothing that was logged so far, or was passed on, holds a secret. */
function expectDiscretion(): void {
  expect(endpoint.logs.filter((line) => secretsIn(JSON.stringify(line)).length > 0)).toEqual([]);
  expect(endpoint.handled.filter((event) => secretsIn(JSON.stringify(event)).length > 0)).toEqual([]);
}

const rightHeaders = async (body: string) => ({
  ...jsonType,
  authorization: `Basic ${Buffer.from(`fusionauth:${password}`).toString('base64')}`,
  'x-webhook-secret': headerValue,
  'x-fusionauth-signature-jwt': await signBody(
    endpoint.emulator.keys.import({ name: 'Same', algorithm: 'HS256' }, { secret: hmacSecret }),
    body,
  ),
});

async function deliver(body: string, changes: Readonly<Record<string, string>> = {}): Promise<number> {
  const headers = { ...(await rightHeaders(body)), ...changes };
  secrets.set(`signature ${secrets.size}`, headers['x-fusionauth-signature-jwt']);
  const response = await endpoint.post(body, headers);
  expect(secretsIn(JSON.stringify([...response.headers, await response.text()]))).toEqual([]);
  return response.status;
}

describe('neither log nor event holds a secret', () => {
  it.each([false, true])('of what FusionAuth really sends, when handling fails: %s', async (failing) => {
    isFailing = failing;
    const alice = endpoint.user({ sessions: 1, password: userPassword });
    const login = await callApi(endpoint.emulator, 'POST', '/api/login', {
      body: { loginId: alice.email, password: userPassword, applicationId: endpoint.shop.id },
    });
    const { token, refreshToken } = login.json() as { token: string; refreshToken: string };
    const refresh = await callApi(endpoint.emulator, 'POST', '/api/jwt/refresh', { body: { refreshToken, token } });
    const renewed = (refresh.json() as { token: string }).token;
    await callApi(endpoint.emulator, 'DELETE', `/api/jwt/refresh/${alice.sessions[0]?.id}`);
    await callApi(endpoint.emulator, 'PATCH', `/api/user/${alice.id}`, {
      body: { user: { password: `${userPassword}2` } },
    });
    for (const [index, secret] of [token, refreshToken, renewed, alice.sessions[0]?.token ?? ''].entries()) {
      expect(secret).not.toBe('');
      secrets.set(`token ${index} ${failing}`, secret);
    }
    const handled = await endpoint.settled();
    isFailing = false;
    expect(new Set(handled.map(({ kind }) => kind))).toEqual(
      new Set(['userSignedIn', 'sessionRefreshed', 'sessionRevoked', 'userRevoked', 'passwordChanged']),
    );
    expectDiscretion();
  });

  it.each(Object.entries(examples))('of an event (%s) in which one stands everywhere', async (_what, example) => {
    const event = example();
    for (const member of Object.keys(event).filter((name) => name !== 'type')) {
      for (const value of [canary, { [canary]: canary }, [canary], `${canary}.${canary}.${canary}`]) {
        await deliver(JSON.stringify({ event: { ...event, [member]: value, [canary]: canary } }));
      }
    }
    expectDiscretion();
  });

  it.each([
    `{"event":"${canary}"}`,
    `{"event":{"type":"${canary}"}}`,
    `{"event":${canary}`,
    canary,
    JSON.stringify({
      event: eventJson('jwt.refresh-token.revoke', { applicationTimeToLiveInSeconds: { [canary]: 1 } }),
    }),
    JSON.stringify({ event: eventJson('user.delete', { user: { id: ids.user, email: canary }, createInstant: 1 }) }),
  ])('of a body that is refused: %#', async (body) => {
    expect([200, 400]).toContain(await deliver(body));
    expectDiscretion();
  });

  it.each<Readonly<Record<string, string>>>([
    { authorization: `Basic ${canary}` },
    { authorization: `Bearer ${headerValue}` },
    { 'x-webhook-secret': `${headerValue}${canary}` },
    { 'x-fusionauth-signature-jwt': canary },
    { 'x-fusionauth-signature-jwt': `${canary}.${canary}.${canary}` },
    { 'content-type': `text/${canary}` },
    { 'content-encoding': canary },
    { 'x-request-id': `${headerValue}+` },
  ])('of headers that are refused: %#', async (headers) => {
    await deliver(JSON.stringify({ event: examples['sign-in']() }), headers);
    expectDiscretion();
  });

  it('of a URL', async () => {
    const response = await fetch(`${endpoint.url}?secret=${headerValue}`, { method: 'POST' });
    expect(response.status).toBe(401);
    expectDiscretion();
  });

  it('and there was something to search', () => {
    expect(endpoint.logs.length).toBeGreaterThan(200);
    const messages = new Set(endpoint.logs.map(({ msg }) => msg));
    for (const message of [
      'request',
      'webhook delivery',
      'webhook delivery not accepted',
      'webhook delivery not recognised',
      'event not handled',
    ]) {
      expect(messages).toContain(message);
    }
    expect(secretsIn(`${canary} ${hmacSecret}`)).toEqual(expect.arrayContaining(['HMAC secret', 'canary']));
  });

  it('what could not be understood is named by type, id and member', () => {
    expect(endpoint.logs).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        msg: 'webhook delivery not accepted',
        outcome: 'undecodable',
        type: 'jwt.refresh',
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        member: 'event.token',
      }),
    );
  });
});
