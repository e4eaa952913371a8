import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';
import type { WebhookReceiver } from '../support/webhook-receiver.js';
import { type Subscribed, startSubscribed } from './subscribed.js';

const revoke = 'jwt.refresh-token.revoke';
const path = '/api/jwt/refresh';

let world: Subscribed;
let emulator: Emulator;
let receiver: WebhookReceiver;
let shop: Application;
let alice: User;
let subscribe: Subscribed['subscribe'];
let received: Subscribed['received'];

beforeEach(async () => {
  world = await startSubscribed();
  ({ emulator, receiver, shop, alice, subscribe, received } = world);
});

afterEach(() => world[Symbol.asyncDispose]());

describe('a transaction', () => {
  const login = () =>
    callApi(emulator, 'POST', '/api/login', {
      body: { loginId: 'alice', password: 'password', applicationId: shop.id },
    });

  it('that fails undoes the operation and answers 504, without retrying', async () => {
    subscribe([revoke], {}, 'AbsoluteMajority');
    const session = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    receiver.answerNext(403);

    const answer = await callApi(emulator, 'DELETE', `${path}/${session.id}`);

    expect(answer.status).toBe(504);
    expect(answer.json()).toMatchObject({ generalErrors: [{ code: '[WebhookTransactionException]' }] });
    expect(emulator.store.session(session.id)).toEqual(session);
    expect(await received()).toHaveLength(1);
  });

  it.each([
    ['None', 3, 200],
    ['Any', 2, 200],
    ['Any', 3, 504],
    ['SimpleMajority', 1, 200],
    ['SimpleMajority', 2, 504],
    ['SuperMajority', 1, 200],
    ['SuperMajority', 2, 504],
    ['AbsoluteMajority', 0, 200],
    ['AbsoluteMajority', 1, 504],
  ] as const)('of type %s with %i of 3 webhooks failing answers %i', async (type, failing, status) => {
    for (let index = 0; index < 3; index += 1) {
      subscribe(['user.login.success'], {}, type);
    }
    receiver.answerNext(...Array.from({ length: failing }, () => 500));

    expect((await login()).status).toBe(status);
    expect(emulator.store.sessionsOf(alice.id)).toHaveLength(status === 200 ? 1 : 0);
  });

  it('counts a webhook that does not answer in time as failed', async () => {
    subscribe(['user.login.success'], { connectTimeout: 50, readTimeout: 50 }, 'Any');
    receiver.answerNext('hang');
    expect((await login()).status).toBe(504);
  });
});

describe('delivery', () => {
  const revokeOne = async () => {
    const { id } = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await callApi(emulator, 'DELETE', `${path}/${id}`);
  };

  it('is tried once and forgotten outside a transaction', async () => {
    subscribe([revoke]);
    receiver.answerNext(500);
    await revokeOne();

    expect(await received()).toHaveLength(1);
  });

  it('is tried up to three more times, with the same event, in a transaction that succeeded', async () => {
    subscribe([revoke], {}, 'Any');
    subscribe([revoke], {}, 'Any');
    receiver.answerNext(200, 500, 500, 500, 500);
    await revokeOne();

    const ids = (await received()).map(({ id }) => id);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(1);
  });

  it('is repeated on demand', async () => {
    subscribe([revoke]);
    emulator.events.duplicates = 2;
    await revokeOne();

    const ids = (await received()).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  });

  it('carries the configured headers and credentials', async () => {
    subscribe([revoke], {
      headers: { 'x-secret': 'swordfish' },
      httpAuthenticationUsername: 'hook',
      httpAuthenticationPassword: 'pass',
    });
    await revokeOne();

    await received();
    expect(receiver.deliveries[0]?.headers).toMatchObject({
      'x-secret': 'swordfish',
      authorization: `Basic ${Buffer.from('hook:pass').toString('base64')}`,
      'content-type': 'application/json',
    });
  });

  it.each(['RS256', 'ES256', 'Ed25519', 'HS256'])(
    'is signed with an %s key over the bytes of the body',
    async (algorithm) => {
      const created = await callApi(emulator, 'POST', '/api/key/generate', {
        body: { key: { name: 'Hook', algorithm } },
      });
      const { key } = created.json() as { key: { id: string; kid: string; secret?: string } };
      subscribe([revoke], { signatureConfiguration: { enabled: true, signingKeyId: key.id } });
      await revokeOne();

      await received();
      const [delivery] = receiver.deliveries;
      const signature = `${delivery?.headers['x-fusionauth-signature-jwt']}`;
      const published = createRemoteJWKSet(new URL('/.well-known/jwks.json', emulator.url));
      const { payload, protectedHeader } =
        key.secret === undefined
          ? await jwtVerify(signature, published)
          : await jwtVerify(signature, new TextEncoder().encode(key.secret));
      expect(protectedHeader).toMatchObject({ kid: key.kid, typ: 'JWT' });
      expect(payload).toEqual({
        request_body_sha256: createHash('sha256')
          .update(delivery?.text ?? '')
          .digest('base64'),
      });
    },
  );
});

describe('the webhook API', () => {
  it('creates, lists, updates, patches and deletes webhooks', async () => {
    const webhook = { url: receiver.url, connectTimeout: 100, readTimeout: 100, global: true };
    const created = await callApi(emulator, 'POST', '/api/webhook', { body: { webhook } });
    const { id } = (created.json() as { webhook: { id: string } }).webhook;
    expect(created.json()).toMatchObject({ webhook });
    expect((await callApi(emulator, 'GET', '/api/webhook')).json()).toMatchObject({ webhooks: [{ id }] });

    const patched = await callApi(emulator, 'PATCH', `/api/webhook/${id}`, {
      body: { webhook: { eventsEnabled: { [revoke]: true } } },
    });
    expect(patched.json()).toMatchObject({ webhook: { ...webhook, eventsEnabled: { [revoke]: true } } });
    const updated = await callApi(emulator, 'PUT', `/api/webhook/${id}`, { body: { webhook } });
    expect(updated.json()).toMatchObject({ webhook: { ...webhook, eventsEnabled: {} } });

    expect((await callApi(emulator, 'DELETE', `/api/webhook/${id}`)).status).toBe(200);
    expect((await callApi(emulator, 'GET', `/api/webhook/${id}`)).status).toBe(404);
  });

  it('is closed to tenants', async () => {
    const { key } = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    const headers = { 'x-fusionauth-tenantid': emulator.tenantId };
    expect((await callApi(emulator, 'GET', '/api/webhook', { authorization: key })).status).toBe(401);
    expect((await callApi(emulator, 'GET', '/api/webhook', { headers })).status).toBe(401);
  });

  it('names missing fields and taken ids', async () => {
    const body = { webhook: { url: receiver.url, connectTimeout: 1 } };
    const incomplete = await callApi(emulator, 'POST', '/api/webhook', { body });
    expect(incomplete.json()).toMatchObject({ fieldErrors: { 'webhook.readTimeout': [{}] } });

    const { id } = emulator.store.addWebhook({ url: receiver.url });
    const duplicate = await callApi(emulator, 'POST', `/api/webhook/${id}`, { body: { webhook: body.webhook } });
    expect(duplicate.json()).toMatchObject({ fieldErrors: { webhookId: [{ code: '[duplicate]webhookId' }] } });
  });
});
