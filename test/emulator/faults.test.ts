import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { RefreshToken } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';
import { holdCalls } from '../support/hold-calls.js';

let emulator: Emulator;
let session: RefreshToken;
let listPath: string;
let sessionPath: string;

beforeEach(async () => {
  emulator = await startEmulator();
  const user = emulator.store.addUser();
  session = emulator.store.addSession({ userId: user.id });
  listPath = `/api/jwt/refresh?userId=${user.id}`;
  sessionPath = `/api/jwt/refresh/${session.id}`;
});

afterEach(() => emulator[Symbol.asyncDispose]());

const list = () => callApi(emulator, 'GET', listPath);
const revoke = () => callApi(emulator, 'DELETE', sessionPath);
const lives = () => emulator.store.session(session.id) !== undefined;

describe('which calls a fault befalls', () => {
  const fault = { kind: 'status', status: 503 } as const;

  it('is decided by method and path pattern', async () => {
    emulator.faults.add({ method: 'DELETE', path: '/api/jwt/refresh/:tokenId', fault });

    expect((await list()).status).toBe(200);
    expect((await revoke()).status).toBe(503);
    emulator.faults.add({ path: '/api/jwt/*', fault });
    expect((await list()).status).toBe(503);
  });

  it('ends after the number of times, by remove and by clear', async () => {
    emulator.faults.add({ path: '/api/jwt/refresh', times: 2, fault });
    expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([503, 503, 200]);

    const added = emulator.faults.add({ path: '/api/jwt/refresh', fault });
    added.remove();
    expect((await list()).status).toBe(200);

    emulator.faults.add({ path: '/api/jwt/refresh', fault });
    emulator.faults.clear();
    expect((await list()).status).toBe(200);
  });
});

describe('a status fault', () => {
  it.each([
    [401, null, ''],
    [429, 'text/plain', 'Too Many Requests'],
    [500, 'text/html', '<html>'],
    [503, 'application/json', '[SearchUnavailable]'],
    [504, 'application/json', '[WebhookTransactionException]'],
  ] as const)(
    'answers %i as FusionAuth or its surroundings would, without doing the work',
    async (status, type, text) => {
      emulator.faults.add({ path: '*', fault: { kind: 'status', status, retryAfterSeconds: 7 } });

      const answer = await revoke();

      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')?.split(';')[0] ?? null).toBe(type);
      expect(answer.text).toContain(text);
      expect(answer.headers.get('retry-after')).toBe('7');
      expect(lives()).toBe(true);
    },
  );
});

describe('a reset', () => {
  it('before the work leaves the session alone', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'reset', when: 'before' } });
    await expect(revoke()).rejects.toThrow('fetch failed');
    expect(lives()).toBe(true);
  });

  it('after the work loses the answer and not the effect', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'reset', when: 'after' } });
    await expect(revoke()).rejects.toThrow('fetch failed');
    expect(lives()).toBe(false);
  });
});

describe('a slow call', () => {
  it('waits at least the minimum', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'latency', minMs: 60, maxMs: 80 } });
    const startedMs = performance.now();
    expect((await list()).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(59);
  });

  it('that is held is handled when it is let go, or the emulator closes', async () => {
    const held = holdCalls(emulator, { path: '*' });
    const revoked = revoke();
    await expect.poll(() => emulator.calls.count()).toBe(1);
    expect(lives()).toBe(true);
    held.release();
    expect((await revoked).status).toBe(200);
    expect(lives()).toBe(false);

    holdCalls(emulator, { path: '*' });
    const never = list().catch(() => 'cut off');
    await expect.poll(() => emulator.calls.count()).toBe(2);
    await emulator[Symbol.asyncDispose]();
    await never;
  });

  it('that hangs is ended by the client or by closing the emulator', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'hang' } });
    const impatient = fetch(`${emulator.url}${listPath}`, { signal: AbortSignal.timeout(50) });
    await expect(impatient).rejects.toThrow('timeout');

    const patient = list();
    const rejected = expect(patient).rejects.toThrow('fetch failed');
    await emulator[Symbol.asyncDispose]();
    await rejected;
  });
});

describe('a distorted answer', () => {
  it('has broken JSON', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'malformedJson' } });
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(() => answer.json()).toThrow(SyntaxError);
  });

  it('has no body', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'emptyBody' } });
    const answer = await list();
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  it('has the body a function makes of it', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'mapBody', map: () => ({}) } });
    expect((await list()).json()).toEqual({});
  });
});

describe('the fault script over HTTP', () => {
  const path = '/emulator/faults';

  it('adds faults and removes them all', async () => {
    for (const status of [401, 404, 429, 500, 503, 504]) {
      const body = { method: 'GET', path: '/api/jwt/*', times: 1, fault: { kind: 'status', status } };
      expect((await callApi(emulator, 'POST', path, { body })).status).toBe(204);
      expect((await list()).status).toBe(status);
    }
    const body = { path: '/api/jwt/*', fault: { kind: 'status', status: 500 } };
    await callApi(emulator, 'POST', path, { body });
    expect((await list()).status).toBe(500);
    expect((await callApi(emulator, 'DELETE', path)).status).toBe(204);
    expect((await list()).status).toBe(200);
  });

  it('takes only a key without a tenant and only faults it knows', async () => {
    const { key } = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    const body = { path: '*', fault: { kind: 'hang' } };
    expect((await callApi(emulator, 'POST', path, { body, authorization: null })).status).toBe(401);
    expect((await callApi(emulator, 'POST', path, { body, authorization: key })).status).toBe(401);
    expect((await callApi(emulator, 'POST', path, { body: { path: '/', fault: { kind: 'fire' } } })).status).toBe(400);
    expect((await list()).status).toBe(200);
  });

  it('stays reachable when every call hangs', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'hang' } });
    expect((await callApi(emulator, 'DELETE', path)).status).toBe(204);
  });
});
