import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Fault } from '../../src/emulator/faults.js';
import { Transport, type TransportOptions } from '../../src/fusionauth/transport.js';
import type { TransportRequest } from '../../src/fusionauth/transport-call.js';
import { transportOptions } from '../support/fusionauth-connection.js';
import { type RawServer, sendJson, startRawServer } from '../support/raw-server.js';
import { failureOf } from './failure-of.js';

let emulator: Emulator;
let userId: string;

beforeEach(async () => {
  emulator = await startEmulator();
  userId = emulator.store.addUser().id;
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

async function send(
  what: TransportRequest,
  options: Partial<TransportOptions> = {},
): Promise<{ statusCode: number; body: unknown }> {
  await using transport = new Transport({ ...transportOptions, baseUrl: emulator.url, ...options });
  return await transport.send(what);
}

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

  it('of JSON is read however its type is written', async () => {
    const { call, server } = await answered((response) =>
      response.writeHead(200, { 'content-type': 'Application/JSON; Charset=UTF-8' }).end('{"refreshTokens":[]}'),
    );
    await using _server = server;
    expect(await call).toEqual({ statusCode: 200, body: { refreshTokens: [] } });
  });

  it('that a proxy has compressed although nobody asked for it is named as such', async () => {
    const { call, server } = await answered((response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{"refreshTokens":[]}')),
    );
    await using _server = server;
    expect((await failureOf(call)).failure).toEqual({
      kind: 'undecodable',
      problem: 'answered in an encoding that was not asked for',
    });
  });

  it.each([
    [204, ''],
    [202, '{"refreshTokens":[]}'],
    [206, '{"refreshTokens":[]}'],
  ])('of the status %i is not a list without sessions', async (statusCode, text) => {
    const { call, server } = await answered((response) =>
      response.writeHead(statusCode, { 'content-type': 'application/json' }).end(text),
    );
    await using _server = server;
    expect((await failureOf(call)).failure).toEqual({
      kind: 'undecodable',
      problem: `answered with the status ${statusCode}`,
    });
  });

  it('without a body is undefined', async () => {
    const { call, server } = await answered((response) => response.writeHead(200).end());
    await using _server = server;
    expect(await call).toEqual({ statusCode: 200, body: undefined });
  });

  it('without a body, that ends with its connection, is asked for again, for it may have been cut off', async () => {
    const list = '{"refreshTokens":[]}';
    const whole = [false, true].values();
    const { call, server } = await answered((response) => {
      response.useChunkedEncodingByDefault = false;
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
      response.flushHeaders();
      response.end(whole.next().value === true ? list : '');
    });
    await using _server = server;
    expect(await call).toEqual({ statusCode: 200, body: JSON.parse(list) });
    expect(server.requests).toHaveLength(2);
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
