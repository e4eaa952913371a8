import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Fault } from '../../src/emulator/faults.js';
import { Transport, type TransportOptions } from '../../src/fusionauth/transport.js';
import type { TransportRequest } from '../../src/fusionauth/transport-call.js';
import { transportOptions } from '../support/fusionauth-connection.js';
import { startRawServer, unusedUrl } from '../support/raw-server.js';
import { failureOf } from './failure-of.js';

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

describe('a call that is given up', () => {
  it.each([false, true])('while it waits leaves its turn to the next one (of a user: %s)', async (isOfUser) => {
    emulator.faults.add({ path: '*', times: 1, fault: { kind: 'hang' } });
    // Of four connections users have one.
    const maxConcurrentCalls = isOfUser ? 4 : 1;
    const options = { ...transportOptions, baseUrl: emulator.url, maxConcurrentCalls, maxAttempts: 1 };
    await using transport = new Transport(options);
    const call = (signal: AbortSignal) =>
      transport.send(request(), { operation: { calls: 0, ...(isOfUser && { user: randomUUID() }) }, signal });
    const [blocking, waiting] = [new AbortController(), new AbortController()];
    const never = new AbortController();
    const first = failureOf(call(blocking.signal));
    const second = failureOf(call(waiting.signal));
    const third = call(never.signal);
    await expect.poll(() => emulator.calls.count()).toBe(1);
    expect(transport.waitingCalls).toBe(2);
    waiting.abort();
    expect((await second).failure.kind).toBe('abandoned');
    expect(emulator.calls.count()).toBe(1);
    blocking.abort();
    expect((await first).failure.kind).toBe('abandoned');
    expect(await third).toMatchObject({ statusCode: 200 });
    expect(transport.waitingCalls).toBe(0);
    // No place is lost.
    expect(await call(never.signal)).toMatchObject({ statusCode: 200 });
    expect(emulator.calls.count()).toBe(3);
  });

  it('between two attempts makes no other one', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'status', status: 503, retryAfterSeconds: 1 } });
    await using transport = new Transport({ ...transportOptions, baseUrl: emulator.url });
    const giveUp = new AbortController();
    const call = failureOf(transport.send(request(), { operation: { calls: 0 }, signal: giveUp.signal }));
    await expect.poll(() => emulator.calls.count()).toBe(1);
    giveUp.abort();
    expect((await call).failure.kind).toBe('abandoned');
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
    // Only what hangs is to be out of time, also on a busy machine.
    const requestTimeoutMs = fault.kind === 'hang' ? 200 : 20_000;
    const error = await failureOf(send(deletion(), { maxAttempts: 1, requestTimeoutMs }));
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
