import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../../src/emulator/call-log.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { holdCalls } from '../support/hold-calls.js';
import { sendJson, startRawServer, unusedUrl } from '../support/raw-server.js';
import { startTestService, type TestService } from '../support/service.js';
import { jsonType, signBody, startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { signInJson } from '../support/webhook-events.js';

/** Only the date is made up: sockets and timeouts are real. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }));
afterEach(() => void vi.useRealTimers());

/** Lets the time pass within which the keys are not fetched again. */
function passCooldown(): void {
  vi.setSystemTime(Date.now() + 2_001);
}

const keySet = '/.well-known/jwks.json';

async function statusSignedBy(endpoint: WebhookEndpoint, key = endpoint.key): Promise<number> {
  const body = JSON.stringify({ event: signInJson() });
  const response = await endpoint.post(body, {
    ...jsonType,
    'x-fusionauth-signature-jwt': await signBody(key, body),
  });
  expect(await response.text()).toBe('');
  return response.status;
}

describe('FusionAuth’s keys', () => {
  it('are fetched once for many deliveries', async () => {
    await using endpoint = await startWebhookEndpoint();
    await Promise.all(Array.from({ length: 20 }, () => statusSignedBy(endpoint)));
    expect(await statusSignedBy(endpoint)).toBe(200);
    expect(endpoint.emulator.calls.count({ path: keySet })).toBe(1);
    expect(endpoint.handled).toHaveLength(21);
  });

  it('are fetched again for a key that FusionAuth made since', async () => {
    await using endpoint = await startWebhookEndpoint();
    expect(await statusSignedBy(endpoint)).toBe(200);
    const { id } = endpoint.emulator.keys.generate({ name: 'New', algorithm: 'RS256' });
    passCooldown();
    endpoint.subscribe(['user.login.success'], { signatureConfiguration: { enabled: true, signingKeyId: id } });
    await endpoint.user().login();
    expect(await endpoint.settled()).toHaveLength(2);
    expect(endpoint.emulator.calls.count({ path: keySet })).toBe(2);
    expect(await statusSignedBy(endpoint)).toBe(200);
  });

  it('that were just fetched are fetched once more for a key that FusionAuth made since, whose deliveries wait for it', async () => {
    await using endpoint = await startWebhookEndpoint();
    expect(await statusSignedBy(endpoint)).toBe(200);
    const made = endpoint.emulator.keys.generate({ name: 'New', algorithm: 'ES256' });
    const statuses = await Promise.all(Array.from({ length: 5 }, () => statusSignedBy(endpoint, made)));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(endpoint.emulator.calls.count({ path: keySet })).toBe(2);
    expect(endpoint.handled).toHaveLength(6);
  });

  it('do not hold one that nobody knows, however often it is tried, are not fetched each time, and few wait for them', async () => {
    await using endpoint = await startWebhookEndpoint();
    await using other = await startWebhookEndpoint();
    expect(await statusSignedBy(endpoint)).toBe(200);
    const statuses = await Promise.all(Array.from({ length: 40 }, () => statusSignedBy(endpoint, other.key)));
    const count = (status: number) => statuses.filter((one) => one === status).length;
    expect([count(401), count(503)]).toEqual([32, 8]);
    expect(endpoint.emulator.calls.count({ path: keySet })).toBe(2);
    expect(endpoint.handled).toHaveLength(1);
    expect(await statusSignedBy(endpoint)).toBe(200);
  });

  it('are waited for no longer than a delivery may take to be handled', async () => {
    const env = { WEBHOOK_SIGNATURE: 'jwks', WEBHOOK_HANDLE_TIMEOUT_MS: '100' };
    await using endpoint = await startWebhookEndpoint({ env });
    expect(await statusSignedBy(endpoint)).toBe(200);
    const made = endpoint.emulator.keys.generate({ name: 'New', algorithm: 'ES256' });
    expect(await statusSignedBy(endpoint, made)).toBe(503);
    expect(endpoint.emulator.calls.count({ path: keySet })).toBe(1);
  });

  it('that are not to be had a second time leave it open whether an unknown key is new', async () => {
    await using endpoint = await startWebhookEndpoint();
    expect(await statusSignedBy(endpoint)).toBe(200);
    const made = endpoint.emulator.keys.generate({ name: 'New', algorithm: 'ES256' });
    endpoint.emulator.faults.add({ path: keySet, times: 1, fault: { kind: 'status', status: 503 } });
    expect(await statusSignedBy(endpoint, made)).toBe(503);
    passCooldown();
    expect(await statusSignedBy(endpoint, made)).toBe(200);
  });

  it('of which two have one id are both tried', async () => {
    await using endpoint = await startWebhookEndpoint();
    const other = endpoint.emulator.keys.generate({ name: 'Other', algorithm: 'RS256' });
    const { kid } = await endpoint.key.material();
    const map = (body: unknown) => ({
      keys: (body as { keys: object[] }).keys.map((published) => ({ ...published, kid })),
    });
    endpoint.emulator.faults.add({ path: keySet, fault: { kind: 'mapBody', map } });
    expect(await statusSignedBy(endpoint)).toBe(200);
    expect(await statusSignedBy(endpoint, other)).toBe(401);
  });

  it('that were withdrawn are refused once the others have been fetched', async () => {
    await using endpoint = await startWebhookEndpoint();
    expect(await statusSignedBy(endpoint)).toBe(200);
    endpoint.emulator.keys.delete(endpoint.key.id);
    const made = endpoint.emulator.keys.generate({ name: 'New', algorithm: 'ES256' });
    passCooldown();
    expect(await statusSignedBy(endpoint, made)).toBe(200);
    passCooldown();
    expect(await statusSignedBy(endpoint)).toBe(401);
  });
});

describe('while FusionAuth’s keys cannot be had', () => {
  it.each([500, 503, 429] as const)('(%i) the answer is 503, and 200 once they can', async (status) => {
    await using endpoint = await startWebhookEndpoint();
    const rule = endpoint.emulator.faults.add({ path: keySet, fault: { kind: 'status', status } });
    expect(await statusSignedBy(endpoint)).toBe(503);
    expect(endpoint.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'webhook signing keys unavailable' }),
    );
    rule.remove();
    expect(await statusSignedBy(endpoint)).toBe(200);
  });

  it('what FusionAuth sends again reaches the service', async () => {
    await using endpoint = await startWebhookEndpoint();
    endpoint.emulator.faults.add({ path: keySet, times: 2, fault: { kind: 'status', status: 503 } });
    expect(await statusSignedBy(endpoint)).toBe(503);
    await expect.poll(() => statusSignedBy(endpoint)).toBe(200);
  });

  it('(no answer) the answer is 503', async () => {
    await using endpoint = await startWebhookEndpoint({ keyFetchTimeoutMs: 200 });
    endpoint.emulator.faults.add({ path: keySet, fault: { kind: 'hang' } });
    expect(await statusSignedBy(endpoint)).toBe(503);
  });

  it('deliveries that are given up while keys are fetched take no place for good', async () => {
    const env = { WEBHOOK_SIGNATURE: 'jwks', WEBHOOK_MAX_CONCURRENT_DELIVERIES: '2' };
    await using endpoint = await startWebhookEndpoint({ env });
    const held = holdCalls(endpoint.emulator, { path: keySet, times: 1 });
    const giveUp = new AbortController();
    const body = JSON.stringify({ event: signInJson() });
    const headers = { ...jsonType, 'x-fusionauth-signature-jwt': await signBody(endpoint.key, body) };
    const given = [1, 2, 3].map(() =>
      fetch(endpoint.url, { method: 'POST', headers, body, signal: giveUp.signal }).catch(() => 'given up'),
    );
    await expect.poll(() => endpoint.emulator.calls.count({ path: keySet })).toBe(1);
    giveUp.abort();
    expect(await Promise.all(given)).toEqual(['given up', 'given up', 'given up']);
    held.release();
    await expect.poll(() => statusSignedBy(endpoint)).toBe(200);
  });

  it.each(['{}', '[]', 'null', '{"keys":[]}', '{"keys":{}}', '{"keys":[7]}', '<html>'])(
    '(%s) the answer is 503',
    async (text) => {
      await using server = await startRawServer((response) => sendJson(response, text));
      await using endpoint = await startWebhookEndpoint({
        env: { WEBHOOK_SIGNATURE: 'jwks', FUSIONAUTH_URL: server.url },
      });
      expect(await statusSignedBy(endpoint)).toBe(503);
    },
  );

  it('(nothing listens) the answer is 503', async () => {
    await using endpoint = await startWebhookEndpoint({
      env: { WEBHOOK_SIGNATURE: 'jwks', FUSIONAUTH_URL: await unusedUrl() },
    });
    expect(await statusSignedBy(endpoint)).toBe(503);
    expect(endpoint.handled).toEqual([]);
  });
});

it('whoever claims to sign while keys cannot be had fills no log', async () => {
  await using endpoint = await startWebhookEndpoint();
  endpoint.emulator.faults.add({ path: keySet, fault: { kind: 'status', status: 503 } });
  await Promise.all(Array.from({ length: 40 }, () => statusSignedBy(endpoint)));
  expect(endpoint.logs.filter(({ msg }) => msg === 'webhook signing keys unavailable')).toHaveLength(20);
});

describe('a service that starts', () => {
  const env = { WEBHOOK_SIGNATURE: 'jwks' };

  it('has the keys before the first delivery, although FusionAuth does not give them at once, and waits for none then', async () => {
    await using emulator = await startEmulator();
    emulator.faults.add({ path: keySet, times: 1, fault: { kind: 'status', status: 503 } });
    await using service = await startTestService({ env, beside: { emulator } });
    await expect.poll(() => emulator.calls.all().some(isGiven)).toBe(true);
    emulator.faults.add({ path: keySet, fault: { kind: 'hang' } });
    expect(await statusOf(service)).toBe(200);
    expect(service.logs.filter(({ msg }) => msg === 'webhook signing keys unavailable')).toEqual([]);
  });

  it('and does not get them twice in a row says so', async () => {
    await using emulator = await startEmulator();
    emulator.faults.add({ path: keySet, fault: { kind: 'status', status: 503 } });
    await using service = await startTestService({ env, beside: { emulator } });
    const warnings = () => service.logs.filter(({ msg }) => msg === 'webhook signing keys unavailable');
    await expect.poll(warnings, { timeout: 10_000 }).toMatchObject([{ level: 'warn' }]);
    expect(emulator.calls.all().filter(({ path }) => path === keySet)).toHaveLength(2);
  });

  it('does not wait for them, and stops while they are fetched', async () => {
    await using emulator = await startEmulator();
    emulator.faults.add({ path: keySet, fault: { kind: 'hang' } });
    await using service = await startTestService({ env, beside: { emulator } });
    expect((await service.fetch('/health/live')).status).toBe(200);
    expect(emulator.calls.all().some(isGiven)).toBe(false);
  });

  const isGiven = ({ path, status }: Call) => path === keySet && status === 200;

  async function statusOf({ emulator, fetch }: TestService): Promise<number> {
    const [key] = emulator.keys.all();
    if (key === undefined) throw new TypeError('The emulator has no key');
    const body = JSON.stringify({ event: signInJson({ createInstant: emulator.clock.now() }) });
    const headers = { ...jsonType, 'x-fusionauth-signature-jwt': await signBody(key, body) };
    const response = await fetch('/webhooks/fusionauth', { method: 'POST', body, headers });
    return response.status;
  }
});
