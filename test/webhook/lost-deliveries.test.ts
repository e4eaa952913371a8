import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonType, signBody, startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { eventJson, examples } from '../support/webhook-events.js';

let endpoint: WebhookEndpoint;

afterEach(() => endpoint[Symbol.asyncDispose]());

const start = async (env: Readonly<Record<string, string>> = {}) => {
  endpoint = await startWebhookEndpoint({ env: { WEBHOOK_SIGNATURE: 'jwks', ...env } });
};

const causes = () => endpoint.lost.map(({ cause }) => cause);

/** Sends the beginning of a request, and hangs up. */
async function cutOff(headers: Readonly<Record<string, string>>, beginning: string): Promise<void> {
  const { hostname, port, pathname } = new URL(endpoint.url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({ host: hostname, ...jsonType, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  await new Promise<void>((resolve) =>
    socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${beginning}`, () => resolve()),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
}

describe('a delivery of FusionAuth counts as lost', () => {
  it('when it is too old, or its clock is too far ahead', async () => {
    await start();
    const old = { ...examples['session revoked'](), createInstant: Date.now() - 400_000 };
    const ahead = { ...examples['session revoked'](), createInstant: Date.now() + 400_000 };
    expect([(await endpoint.deliver(old)).status, (await endpoint.deliver(ahead)).status]).toEqual([400, 400]);
    expect(endpoint.lost).toEqual([
      { eventId: old.id, cause: 'stale' },
      { eventId: ahead.id, cause: 'future' },
    ]);
  });

  it('when it cannot be decoded, unless it is of a type that ends no session', async () => {
    await start();
    expect((await endpoint.deliver(eventJson('jwt.refresh-token.revoke', { userId: 'x' }))).status).toBe(400);
    expect((await endpoint.deliver(eventJson('jwt.refresh', { userId: 'x' }))).status).toBe(400);
    expect(endpoint.lost).toEqual([{ eventId: null, cause: 'undecodable' }]);
  });

  it('when its body is too large, or is cut off', async () => {
    await start({ WEBHOOK_MAX_BODY_BYTES: '2000' });
    const large = { ...examples['session revoked'](), padding: 'x'.repeat(3_000) };
    expect((await endpoint.deliver(large)).status).toBe(413);
    await expect.poll(causes).toEqual(['unread']);
    const body = JSON.stringify({ event: examples['session revoked']() });
    const signature = await signBody(endpoint.key, body);
    await cutOff({ 'x-fusionauth-signature-jwt': signature, 'content-length': `${body.length}` }, body.slice(0, 40));
    await expect.poll(causes).toEqual(['unread', 'unread']);
  });
});

describe('nothing counts as lost', () => {
  it('of what is taken, taken before, or of no interest', async () => {
    await start();
    const event = examples['session revoked']();
    await endpoint.deliver(event);
    await endpoint.deliver(event);
    await endpoint.deliver(eventJson('user.create'));
    await endpoint.settled();
    expect(causes()).toEqual([]);
  });

  it('of what somebody forges, replays, or sends with a signature that they have kept', async () => {
    await start();
    const event = examples['session revoked']();
    const body = JSON.stringify({ event });
    const signature = { 'x-fusionauth-signature-jwt': await signBody(endpoint.key, body) };
    expect((await endpoint.post(body, { ...jsonType, ...signature })).status).toBe(200);
    const forged = JSON.stringify({ event: examples['user revoked']() });
    expect((await endpoint.post(forged, jsonType)).status).toBe(401);
    expect((await endpoint.post(forged, { ...jsonType, ...signature })).status).toBe(401);
    expect((await endpoint.post('x'.repeat(2_000_000), { ...jsonType, ...signature })).status).toBe(413);
    expect((await endpoint.post(body, { 'content-type': 'text/plain', ...signature })).status).toBe(415);
    await cutOff({ ...signature, 'content-length': '100' }, '{');
    endpoint.emulator.clock.advance(400_000);
    expect((await endpoint.post(body, { ...jsonType, ...signature })).status).toBe(400);
    expect(causes()).toEqual([]);
  });
});
