import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callApi } from '../support/api-client.js';
import { jsonType, signBody, startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { signInJson } from '../support/webhook-events.js';

let endpoint: WebhookEndpoint;
let isHandling: Promise<void>;

beforeEach(async () => {
  isHandling = Promise.resolve();
  endpoint = await startWebhookEndpoint({ work: () => isHandling });
});

afterEach(() => endpoint[Symbol.asyncDispose]());

const newBody = () => JSON.stringify({ event: signInJson() });

/** Sends a body that is signed, with headers on top. */
async function send(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const signature = await signBody(endpoint.key, body);
  return endpoint.post(body as BodyInit, { ...jsonType, 'x-fusionauth-signature-jwt': signature, ...headers });
}

async function expectAnswer(response: Response, status: number): Promise<void> {
  expect([response.status, await response.text()]).toEqual([status, '']);
  expect(response.headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
}

describe('a body', () => {
  it('of up to 1 MiB is taken, and of more refused', async () => {
    const bodyOf = (bytes: number) => {
      const short = JSON.stringify({ event: signInJson({ padding: '' }) });
      return short.replace('"padding":""', `"padding":"${'x'.repeat(bytes - short.length)}"`);
    };
    await expectAnswer(await send(bodyOf(1_048_576)), 200);
    await expectAnswer(await send(bodyOf(1_048_577)), 413);
    expect(endpoint.handled).toHaveLength(1);
  });

  it('that goes on and on is refused as soon as it is too large', async () => {
    const signature = await signBody(endpoint.key, newBody());
    const sent = request(endpoint.url, {
      method: 'POST',
      headers: { ...jsonType, 'x-fusionauth-signature-jwt': signature, 'transfer-encoding': 'chunked' },
    });
    const answered = once(sent, 'response');
    // Just more than is taken: with more on its way the connection could be reset before the answer is read.
    sent.write(Buffer.alloc(1_048_577, ' '));
    const [{ statusCode }] = await answered;
    sent.on('error', () => undefined);
    sent.destroy();
    expect(statusCode).toBe(413);
  });

  it('of nobody who is known is not read', async () => {
    const sent = request(endpoint.url, { method: 'POST', headers: { ...jsonType, 'content-length': '1000000' } });
    const answered = once(sent, 'response');
    sent.on('error', () => undefined);
    sent.flushHeaders();
    const [{ statusCode }] = await answered;
    sent.destroy();
    expect(statusCode).toBe(401);
  });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'x'])('with the encoding %s is refused', async (encoding) => {
    await expectAnswer(await send(gzipSync(newBody()), { 'content-encoding': encoding }), 415);
  });

  it('that is compressed without saying so is no JSON', async () => {
    await expectAnswer(await send(gzipSync(newBody())), 400);
  });

  it.each([
    'text/plain',
    'text/json',
    'application/jsonx',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/problem+json',
    'text/plain, application/json',
  ])('of the type %s is refused', async (contentType) => {
    await expectAnswer(await send(newBody(), { 'content-type': contentType }), 415);
  });

  it.each(['application/json;charset=utf-8', 'Application/JSON', 'application/json; charset="UTF-8"'])(
    'of the type %s is taken',
    async (contentType) => {
      await expectAnswer(await send(newBody(), { 'content-type': contentType }), 200);
      expect(endpoint.handled).toHaveLength(1);
    },
  );

  it('of no type is refused', async () => {
    const body = newBody();
    const headers = { 'x-fusionauth-signature-jwt': await signBody(endpoint.key, body) };
    await expectAnswer(await endpoint.post(new Blob([body]), headers), 415);
    await expectAnswer(await endpoint.post('', headers), 415);
  });

  it.each([
    '',
    ' ',
    '{',
    '{"event":',
    'null',
    '[]',
    '{"event":{"type":"user.delete"}}',
    '{"event":{"type":"jwt.refresh","id":7}}',
    "{'event':{}}",
    '\u0000',
    '['.repeat(100_000) + ']'.repeat(100_000),
    `{"event":{"type":"user.delete","user":${'{"user":'.repeat(50_000)}{}${'}'.repeat(50_000)}}}`,
  ])('that is no event is refused: %#', async (body) => {
    await expectAnswer(await send(body), 400);
    expect(endpoint.handled).toEqual([]);
  });

  it('that is not UTF-8 is no reason to fail', async () => {
    const body = Buffer.concat([Buffer.from('{"event":{"type":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}}')]);
    await expectAnswer(await send(body), 200);
  });

  it('of an event that is not listened to is answered 200', async () => {
    await expectAnswer(await send(JSON.stringify({ event: { type: 'user.of.the.future', any: [{ thing: 1 }] } })), 200);
    expect(endpoint.handled).toEqual([]);
  });
});

describe('the path', () => {
  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('takes POST only, and says so to %s', async (method) => {
    const response = await fetch(endpoint.url, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('keeps its own rules: a body in JSON elsewhere is read as before', async () => {
    const graphql = await fetch(new URL('/graphql', endpoint.url), { method: 'POST', headers: jsonType, body: '{' });
    expect(graphql.status).toBe(401);
  });
});

describe('many deliveries', () => {
  it('beyond the limit are told to come again at once, and there is room afterwards', async () => {
    await endpoint[Symbol.asyncDispose]();
    endpoint = await startWebhookEndpoint({
      env: { WEBHOOK_SIGNATURE: 'jwks', WEBHOOK_MAX_CONCURRENT_DELIVERIES: '5' },
      work: () => isHandling,
    });
    let finish: () => void = () => undefined;
    isHandling = new Promise((resolve) => {
      finish = resolve;
    });
    const first = Array.from({ length: 5 }, () => send(newBody()));
    while (endpoint.handled.length < 5) await wait(5);
    await expectAnswer(await send(newBody()), 503);
    finish();
    for (const response of await Promise.all(first)) await expectAnswer(response, 200);
    await expectAnswer(await send(newBody()), 200);
  });

  it('whose senders go away leave room for others', async () => {
    await endpoint[Symbol.asyncDispose]();
    endpoint = await startWebhookEndpoint({
      env: { WEBHOOK_SIGNATURE: 'jwks', WEBHOOK_MAX_CONCURRENT_DELIVERIES: '5' },
    });
    const signature = await signBody(endpoint.key, newBody());
    const headers = { ...jsonType, 'x-fusionauth-signature-jwt': signature, 'content-length': '1000' };
    const open = Array.from({ length: 5 }, () => {
      const sent = request(endpoint.url, { method: 'POST', headers });
      sent.on('error', () => undefined);
      sent.write('{');
      return sent;
    });
    while ((await send(newBody())).status !== 503) await wait(5);
    for (const sent of open) sent.destroy();
    const giveUpAt = performance.now() + 5_000;
    while ((await send(newBody())).status !== 200 && performance.now() < giveUpAt) await wait(5);
    await expectAnswer(await send(newBody()), 200);
  });

  it('in a burst of 600 are each handled once, or told to come again and handled then', async () => {
    const count = 600;
    const deliveries = Array.from({ length: count }, async () => {
      const body = newBody();
      return { body, headers: { ...jsonType, 'x-fusionauth-signature-jwt': await signBody(endpoint.key, body) } };
    });
    const pending = new Set(await Promise.all(deliveries));
    const statuses = new Set<number>();
    while (pending.size > 0) {
      await Promise.all(
        [...pending].map(async (delivery) => {
          const { status } = await endpoint.post(delivery.body, delivery.headers);
          statuses.add(status);
          if (status === 200) pending.delete(delivery);
        }),
      );
    }
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(new Set(endpoint.handled.map(({ id }) => id)).size).toBe(count);
    expect(endpoint.handled).toHaveLength(count);
  });

  it('of a FusionAuth that ends 500 sessions are all handled', async () => {
    endpoint.subscribe(['jwt.refresh-token.revoke']);
    const alice = endpoint.user({ sessions: 500 });
    await Promise.all(alice.sessions.map(({ id }) => callApi(endpoint.emulator, 'DELETE', `/api/jwt/refresh/${id}`)));
    const handled = await endpoint.settled();
    expect(new Set(handled.map((event) => ('sessionId' in event ? event.sessionId : null))).size).toBe(500);
    expect(handled).toHaveLength(500);
  });
});
