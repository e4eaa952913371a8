import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Fault } from '../../src/emulator/faults.js';
import { FusionAuthCallError } from '../../src/fusionauth/call-error.js';
import { Transport, type TransportOptions } from '../../src/fusionauth/transport.js';
import type { TransportRequest } from '../../src/fusionauth/transport-call.js';
import { transportOptions } from '../support/fusionauth-connection.js';
import { type RawServer, sendJson, startRawServer, unusedUrl } from '../support/raw-server.js';

let emulator: Emulator;
let userId: string;
let sessionId: string;

beforeEach(async () => {
  emulator = await startEmulator();
  userId = emulator.store.addUser().id;
  sessionId = emulator.store.addSession({ userId }).id;
});

afterEach(() => emulator[Symbol.asyncDispose]());

function request(members: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: 'GET',
    path: `/api/jwt/refresh?userId=${userId}`,
    headers: { authorization: emulator.apiKey },
    body: undefined,
    repeatable: true,
    ...members,
  };
}

const deletion = () => request({ method: 'DELETE', path: `/api/jwt/refresh/${sessionId}` });

async function send(
  what: TransportRequest,
  options: Partial<TransportOptions> = {},
): Promise<{ statusCode: number; body: unknown }> {
  await using transport = new Transport({ ...transportOptions, baseUrl: emulator.url, ...options });
  return await transport.send(what);
}

/** The error that a call ends with. */
async function failureOf(call: Promise<unknown>): Promise<FusionAuthCallError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FusionAuthCallError)) throw new Error(`Not a FusionAuthCallError: ${String(error)}`);
  return error;
}

const transientFaults: readonly (readonly [string, Fault])[] = [
  ['429', { kind: 'status', status: 429 }],
  ['500', { kind: 'status', status: 500 }],
  ['503', { kind: 'status', status: 503 }],
  ['504', { kind: 'status', status: 504 }],
  ['a reset', { kind: 'reset', when: 'before' }],
  ['no answer in time', { kind: 'hang' }],
];

/** Short where nothing but the end of the time can end an attempt. On a busy machine, one more may take as long. */
const timeFor = ({ kind }: Fault): Partial<TransportOptions> =>
  kind === 'hang' ? { requestTimeoutMs: 300, maxAttempts: 20 } : {};

/** How many calls have come. Time can be over before one has been sent. */
function expectCalls({ kind }: Fault, count: number): void {
  const received = emulator.calls.count();
  if (kind === 'hang') expect(received).toBeLessThanOrEqual(count);
  else expect(received).toBe(count);
}

describe('a call that is safe to repeat', () => {
  it.each(transientFaults)('is sent again after %s', async (_what, fault) => {
    emulator.faults.add({ path: '*', times: 1, fault });
    expect(await send(request(), timeFor(fault))).toMatchObject({ statusCode: 200 });
    expect(emulator.calls.count()).toBeGreaterThanOrEqual(2);
  });

  it.each(transientFaults)('is given up when maxAttempts of them ended in %s', async (_what, fault) => {
    emulator.faults.add({ path: '*', fault });
    await failureOf(send(request(), { ...timeFor(fault), maxAttempts: 2 }));
    expectCalls(fault, 2);
  });

  it('is not sent again when maxAttempts is 1', async () => {
    emulator.faults.add({ path: '*', times: 1, fault: { kind: 'status', status: 503 } });
    await failureOf(send(request(), { maxAttempts: 1 }));
    expect(emulator.calls.count()).toBe(1);
  });

  it('waits as long as Retry-After asks', async () => {
    emulator.faults.add({ path: '*', times: 1, fault: { kind: 'status', status: 429, retryAfterSeconds: 1 } });
    const startedAt = performance.now();
    expect(await send(request())).toMatchObject({ statusCode: 200 });
    // Timers of Node may fire a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(999);
  });

  it('is given up at once when Retry-After asks for more than the budget', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'status', status: 503, retryAfterSeconds: 60 } });
    const error = await failureOf(send(request(), { callBudgetMs: 5_000 }));
    expect(error.failure).toMatchObject({ kind: 'status', statusCode: 503, retryAfterSeconds: 60 });
    expect(emulator.calls.count()).toBe(1);
  });
});

describe('a call is sent once', () => {
  it.each(transientFaults)('that is not safe to repeat, and fails after %s', async (_what, fault) => {
    emulator.faults.add({ path: '*', times: 1, fault });
    const login = request({ method: 'POST', path: '/api/login', body: '{}', repeatable: false });
    await failureOf(send(login, timeFor(fault)));
    expectCalls(fault, 1);
  });

  it('that is answered 401', async () => {
    const error = await failureOf(send(request({ headers: { authorization: 'wrong' } })));
    expect(error.failure).toMatchObject({ kind: 'status', statusCode: 401 });
    expect(emulator.calls.count()).toBe(1);
  });

  it('that is answered 404', async () => {
    const error = await failureOf(send(request({ path: '/api/jwt/refresh/c0000000-0000-4000-8000-000000000000' })));
    expect(error.failure).toMatchObject({ kind: 'status', statusCode: 404 });
    expect(emulator.calls.count()).toBe(1);
  });

  it('that is answered with malformed JSON', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'malformedJson' } });
    expect((await failureOf(send(request()))).failure.kind).toBe('undecodable');
    expect(emulator.calls.count()).toBe(1);
  });
});

describe('time', () => {
  it('of a call as a whole stays within the budget while FusionAuth hangs', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'hang' } });
    const error = await failureOf(send(request(), { requestTimeoutMs: 200, callBudgetMs: 500, maxAttempts: 10 }));
    expect(error.failure.kind).toBe('timeout');
    // Each attempt takes 200 ms, the last one what is left; of ten, the others find no time.
    expect(emulator.calls.count()).toBeLessThanOrEqual(3);
  });

  it('of an attempt includes reading the answer', async () => {
    await using server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"refresh');
    });
    const error = await failureOf(send(request(), { baseUrl: server.url, requestTimeoutMs: 200, maxAttempts: 1 }));
    expect(error.failure.kind).toBe('timeout');
  });

  it('spent waiting for a turn counts against the budget', async () => {
    emulator.faults.add({ path: '*', times: 1, fault: { kind: 'hang' } });
    await using transport = new Transport({
      ...transportOptions,
      baseUrl: emulator.url,
      maxConcurrentCalls: 1,
      requestTimeoutMs: 2_000,
      callBudgetMs: 2_000,
      maxAttempts: 1,
    });
    const blocking = failureOf(transport.send(request()));
    const behind = failureOf(transport.send(request()));
    await expect.poll(() => emulator.calls.count()).toBe(1);
    // However soon the turn comes after this, the time is over.
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
    expect((await blocking).failure.kind).toBe('timeout');
    const error = await behind.finally(() => later.mockRestore());
    expect(error.failure.kind).toBe('timeout');
    expect(error.mayHaveBeenDone).toBe(false);
    expect(emulator.calls.count()).toBe(1);
  });
});

describe('whether an unanswered call may have been carried out', () => {
  it.each<[string, Fault, boolean]>([
    ['a reset after the work', { kind: 'reset', when: 'after' }, true],
    ['a reset before the work', { kind: 'reset', when: 'before' }, true],
    ['no answer in time', { kind: 'hang' }, true],
    ['500', { kind: 'status', status: 500 }, true],
    ['504', { kind: 'status', status: 504 }, true],
    ['429', { kind: 'status', status: 429 }, false],
    ['401', { kind: 'status', status: 401 }, false],
  ])('after %s: %s', async (_what, fault, expected) => {
    emulator.faults.add({ path: '*', fault });
    const error = await failureOf(send(deletion(), { maxAttempts: 1, requestTimeoutMs: 200 }));
    expect(error.mayHaveBeenDone).toBe(expected);
  });

  it('is remembered over the attempts of a call', async () => {
    emulator.faults.add({ path: '*', times: 1, fault: { kind: 'reset', when: 'after' } });
    const error = await failureOf(send(deletion()));
    expect(error.failure).toMatchObject({ kind: 'status', statusCode: 404 });
    expect(error.mayHaveBeenDone).toBe(true);
  });

  it('cannot be when nothing listens', async () => {
    const error = await failureOf(send(deletion(), { baseUrl: await unusedUrl() }));
    expect(error.failure.kind).toBe('connection');
    expect(error.mayHaveBeenDone).toBe(false);
  });
});

describe('calls at the same time', () => {
  const latency: Fault = { kind: 'latency', minMs: 100, maxMs: 100 };

  it('that find the queue full are refused and not sent', async () => {
    emulator.faults.add({ path: '*', fault: latency });
    await using transport = new Transport({
      ...transportOptions,
      baseUrl: emulator.url,
      maxConcurrentCalls: 1,
      maxQueuedCalls: 1,
    });
    const calls = [1, 2, 3].map(() => transport.send(request()));
    const error = await failureOf(calls[2] ?? Promise.resolve());
    expect(error.failure.kind).toBe('queueFull');
    expect(error.mayHaveBeenDone).toBe(false);
    await Promise.all(calls.slice(0, 2));
    expect(emulator.calls.count()).toBe(2);
  });

  it('do not queue while there are connections', async () => {
    await using transport = new Transport({
      ...transportOptions,
      baseUrl: emulator.url,
      maxConcurrentCalls: 4,
      maxQueuedCalls: 1,
    });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => transport.send(request())));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
  });

  it('use no more connections than allowed, and use them again', async () => {
    await using server = await startRawServer((response) => sendJson(response, '{}'));
    await using transport = new Transport({ ...transportOptions, baseUrl: server.url, maxConcurrentCalls: 4 });
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 10 }, () => transport.send(request())));
    }
    expect(server.requests).toHaveLength(50);
    expect(server.connectionCount()).toBeLessThanOrEqual(4);
  });
});

describe('an answer', () => {
  async function answered(
    answer: Parameters<typeof startRawServer>[0],
    options: Partial<TransportOptions> = {},
  ): Promise<{ call: Promise<{ statusCode: number; body: unknown }>; server: RawServer }> {
    const server = await startRawServer(answer);
    return { server, call: send(request(), { baseUrl: server.url, ...options }) };
  }

  it('of HTML with status 200 is not a list without sessions', async () => {
    const { call, server } = await answered((response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the Wi-Fi</html>'),
    );
    await using _server = server;
    expect((await failureOf(call)).failure.kind).toBe('undecodable');
  });

  it('without a body is undefined', async () => {
    const { call, server } = await answered((response) => response.writeHead(200).end());
    await using _server = server;
    expect(await call).toEqual({ statusCode: 200, body: undefined });
  });

  it('larger than maxResponseBytes is refused', async () => {
    const { call, server } = await answered((response) => sendJson(response, JSON.stringify('x'.repeat(2_000))), {
      maxResponseBytes: 1_000,
    });
    await using _server = server;
    const { failure } = await failureOf(call);
    expect(failure.kind).toBe('tooLarge');
    expect(server.requests).toHaveLength(1);
  });

  it('that redirects is not followed', async () => {
    const { call, server } = await answered((response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
    );
    await using _server = server;
    expect((await failureOf(call)).failure).toMatchObject({ kind: 'status', statusCode: 302 });
    expect(server.requests).toHaveLength(1);
  });

  it('may name the instant in Retry-After', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const { call, server } = await answered((response) => response.writeHead(503, { 'retry-after': inAMinute }).end());
    await using _server = server;
    const { failure } = await failureOf(call);
    if (failure.kind !== 'status') throw new Error(failure.kind);
    expect(failure.retryAfterSeconds).toBeGreaterThan(50);
    expect(failure.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it.each(['soon', '1e3'])('with Retry-After: %s asks for nothing that is understood', async (retryAfter) => {
    const { call, server } = await answered((response) => response.writeHead(503, { 'retry-after': retryAfter }).end());
    await using _server = server;
    const { failure } = await failureOf(call);
    expect(failure).toMatchObject({ kind: 'status', retryAfterSeconds: null });
  });

  it.each(['-5', '1.5'])('with Retry-After: %s, which is no date either, asks for nothing', async (retryAfter) => {
    const { call, server } = await answered((response) => response.writeHead(503, { 'retry-after': retryAfter }).end());
    await using _server = server;
    const { failure } = await failureOf(call);
    expect(failure).toMatchObject({ kind: 'status', retryAfterSeconds: null });
  });

  it.each(['999999', '99999999999', new Date('2199-12-31').toUTCString()])(
    'with Retry-After: %s asks for no more than an hour',
    async (retryAfter) => {
      const { call, server } = await answered((response) =>
        response.writeHead(503, { 'retry-after': retryAfter }).end(),
      );
      await using _server = server;
      const { failure } = await failureOf(call);
      expect(failure).toMatchObject({ kind: 'status', retryAfterSeconds: 3_600 });
    },
  );

  it('with an error is described by its codes, never by its messages', async () => {
    const errors = {
      fieldErrors: { token: [{ code: '[invalid]token', message: 'The token hunter2 is not valid.' }] },
      generalErrors: [{ code: '[TenantIdRequired]', message: 'hunter2' }],
    };
    const { call, server } = await answered((response) => sendJson(response, JSON.stringify(errors), 400));
    await using _server = server;
    const error = await failureOf(call);
    expect(error.failure).toMatchObject({ codes: ['[invalid]token', '[TenantIdRequired]'] });
    expect(error.message).toContain('answered 400 [invalid]token [TenantIdRequired]');
    expect(error.message).not.toContain('hunter2');
  });
});

it('puts the path of the base URL before that of the call', async () => {
  await using server = await startRawServer((response) => sendJson(response, '{}'));
  await send(request({ path: '/api/status' }), { baseUrl: `${server.url}/auth/` });
  expect(server.requests.map(({ url }) => url)).toEqual(['/auth/api/status']);
});

it('names the call in its errors without the query', async () => {
  const error = await failureOf(send(request({ headers: {} })));
  expect(error.message).toBe('GET /api/jwt/refresh: answered 401');
});
