import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSessionsClient, type SessionsClientOptions } from '../../src/client/client.js';
import { unusedUrl } from '../support/raw-server.js';
import { startTestService } from '../support/service.js';

const userId = 'b0000000-0000-4000-8000-000000000001';
const sessionId = 'e0000000-0000-4000-8000-000000000001';
type Answer = (response: ServerResponse) => void;

let server: Server | undefined;
let requests = 0;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A client of something that gives these answers in turn, the last one for ever. */
async function clientOf(answers: readonly Answer[], options: Partial<SessionsClientOptions> = {}) {
  requests = 0;
  server = createServer((request, response) => {
    request.resume();
    answers[Math.min(requests++, answers.length - 1)]?.(response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const serviceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createSessionsClient({ serviceUrl, serviceKey: 'key', retryBaseMs: 1, timeoutMs: 10_000, ...options });
}

const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const outcome = (payload: object) =>
  json({ data: { enforceSingleSession: { revokedCount: 0, failures: [], userErrors: [], warnings: [], ...payload } } });
const error = (code: string, status = 200, more: object = {}) =>
  json({ errors: [{ message: 'Why', extensions: { code, requestId: 'request-1', ...more } }], data: null }, status);
const kept = outcome({ outcome: 'ENFORCED', revokedCount: 2 });

describe('after a login', () => {
  it('the other sessions of a user have ended, against the real service', async () => {
    await using service = await startTestService();
    const user = service.user({ sessions: 2 });
    const { refreshTokenId } = await user.login();
    const client = createSessionsClient({ serviceUrl: service.url, serviceKey: service.key(['session:enforce']) });
    expect(await client.afterLogin({ userId: user.id, sessionId: refreshTokenId })).toMatchObject({
      result: 'kept',
      endedCount: 2,
    });
    expect(user.liveIds()).toEqual([refreshTokenId]);
    await user.login();
    expect(await client.afterLogin({ userId: user.id, sessionId: refreshTokenId })).toEqual({ result: 'superseded' });
    expect(await client.afterLogin({ userId: user.id, sessionId })).toEqual({ result: 'notLive' });
    expect(await client.afterLogin({ userId: 'x' })).toMatchObject({ result: 'rejected', code: 'BAD_USER_INPUT' });
    const other = createSessionsClient({ serviceUrl: service.url, serviceKey: service.key(['session:read']) });
    expect(await other.afterLogin({ userId: user.id })).toMatchObject({ result: 'rejected', code: 'FORBIDDEN' });
  });

  it.each([
    ['a limit of rates, with 429', error('RATE_LIMITED', 429)],
    ['a limit of rates, within 200', error('RATE_LIMITED')],
    ['FusionAuth that does not answer', error('UPSTREAM_TIMEOUT')],
    ['a service that stops', json({}, 503)],
    ['a page of a proxy', ((response) => response.writeHead(502).end('<html>')) satisfies Answer],
    ['a page of a proxy that claims success', ((response) => response.end('<html>')) satisfies Answer],
    ['a connection that breaks', ((response) => void response.destroy()) satisfies Answer],
    [
      'nothing that was attempted',
      outcome({ outcome: null, userErrors: [{ code: 'UPSTREAM_UNAVAILABLE', message: '' }] }),
    ],
    ['a part', outcome({ outcome: 'PARTIAL', failures: [{ sessionId, code: 'UPSTREAM_TIMEOUT', retryable: true }] })],
  ])('%s is tried again, and what was ended in all is told', async (_what, trouble) => {
    const client = await clientOf([trouble, trouble, kept]);
    expect(await client.afterLogin({ userId, sessionId })).toMatchObject({ result: 'kept', endedCount: 2 });
    expect(requests).toBe(3);
  });

  it('what stays undone is incomplete after so many attempts, with the code of the last', async () => {
    const part = outcome({ outcome: 'PARTIAL', revokedCount: 1, failures: [{ code: 'UPSTREAM_TIMEOUT' }] });
    const client = await clientOf([part], { maxAttempts: 3 });
    expect(await client.afterLogin({ userId })).toEqual({
      result: 'incomplete',
      code: 'UPSTREAM_TIMEOUT',
      message: 'Some sessions could not be ended.',
      endedCount: 3,
      retryAfterSeconds: 5,
      requestId: null,
    });
    expect(requests).toBe(3);
  });

  it('a wait that the service asks for is kept, and not begun when it is longer than the time', async () => {
    const brief = await clientOf([json({}, 503, { 'retry-after': '1' }), kept]);
    const begun = performance.now();
    expect(await brief.afterLogin({ userId })).toMatchObject({ result: 'kept' });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
    const long = await clientOf([error('RATE_LIMITED', 429, { retryAfterSeconds: 60 })]);
    expect(await long.afterLogin({ userId })).toMatchObject({
      result: 'incomplete',
      code: 'RATE_LIMITED',
      retryAfterSeconds: 60,
      requestId: 'request-1',
    });
    expect(requests).toBe(1);
  });

  it.each([
    ['a date far away', json({}, 503, { 'retry-after': 'Thu, 01 Jan 2199 00:00:00 GMT' })],
    ['more seconds than can be counted', json({}, 503, { 'retry-after': '9'.repeat(400) })],
    ['a figure without bounds', error('RATE_LIMITED', 429, { retryAfterSeconds: 1e308 })],
  ])('nobody is told to call again later than in an hour, whatever a proxy says: %s', async (_what, trouble) => {
    const client = await clientOf([trouble]);
    expect(await client.afterLogin({ userId })).toMatchObject({ result: 'incomplete', retryAfterSeconds: 3_600 });
  });

  it('why the service could not be reached, or what answered in its place, is said', async () => {
    const serviceUrl = await unusedUrl();
    const nowhere = createSessionsClient({ serviceUrl, serviceKey: 'key', maxAttempts: 1 });
    expect(await nowhere.afterLogin({ userId })).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(`^The service could not be reached at ${serviceUrl}/graphql: .*ECONNREFUSED`),
    });
    const proxied = await clientOf([(response) => response.writeHead(502).end('<html>')], { maxAttempts: 1 });
    expect(await proxied.afterLogin({ userId })).toMatchObject({
      code: 'HTTP_502',
      message: expect.stringContaining('proxy'),
    });
    const warnings = [{ code: 'ENFORCEMENT_BOUND_REACHED', message: 'Too many at once.' }];
    const bounded = await clientOf([outcome({ outcome: 'PARTIAL', warnings })], { maxAttempts: 1 });
    expect(await bounded.afterLogin({ userId })).toMatchObject({
      code: warnings[0]?.code,
      message: 'Too many at once.',
    });
    const limited = await clientOf([error('RATE_LIMITED', 429, { retryAfterSeconds: 60 })]);
    expect(await limited.afterLogin({ userId })).toMatchObject({ code: 'RATE_LIMITED', message: 'Why' });
  });

  it('a service that hangs, or an abort, ends in time', async () => {
    const hang: Answer = () => undefined;
    const client = await clientOf([hang], { timeoutMs: 300, attemptTimeoutMs: 100 });
    expect(await client.afterLogin({ userId })).toMatchObject({ result: 'incomplete', code: 'TIMEOUT' });
    const patient = await clientOf([hang]);
    const signal = AbortSignal.timeout(50);
    expect(await patient.afterLogin({ userId, signal })).toMatchObject({ result: 'incomplete', code: 'TIMEOUT' });
    expect(await patient.afterLogin({ userId, signal })).toMatchObject({ result: 'incomplete', code: 'TIMEOUT' });
    const deaf = await clientOf([hang], {
      timeoutMs: 200,
      attemptTimeoutMs: 100,
      fetch: (url, { signal: _ignored, ...init }) => fetch(url, init),
    });
    expect(await deaf.afterLogin({ userId })).toMatchObject({ result: 'incomplete', code: 'TIMEOUT' });
  });

  it('an answer without an end is given up', async () => {
    const endless: Answer = (response) => {
      const line = 'x'.repeat(65_536);
      const more = () => void (response.destroyed || response.write(line, () => setImmediate(more)));
      more();
    };
    const client = await clientOf([endless, kept]);
    expect(await client.afterLogin({ userId, sessionId })).toMatchObject({ result: 'kept' });
  });

  it.each(['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT'])('%s is not tried again', async (code) => {
    const client = await clientOf([error(code)]);
    const rejected = { result: 'rejected', code, message: 'Why', requestId: 'request-1' };
    expect(await client.afterLogin({ userId })).toEqual(rejected);
    expect(requests).toBe(1);
  });
});

it('wrong options are named, without the key', () => {
  const create = () => createSessionsClient({ serviceUrl: 'ftp://x', serviceKey: 'secret key', timeoutMs: 0 });
  for (const name of ['serviceUrl', 'serviceKey', 'timeoutMs']) expect(create).toThrow(name);
  for (const none of [[], [null]]) {
    expect(() => Reflect.apply(createSessionsClient, undefined, none)).toThrow(
      /^createSessionsClient: serviceUrl must/,
    );
  }
  expect(create).not.toThrow('secret key');
  // As a program in JavaScript has it that reads a variable which is not set.
  const unset = JSON.parse('{}').key;
  expect(() => createSessionsClient({ serviceUrl: 'http://x', serviceKey: unset })).toThrow('serviceKey must be');
  const notCallable = JSON.parse('{ "fetch": {} }');
  expect(() => createSessionsClient({ serviceUrl: 'http://x', serviceKey: 'k', ...notCallable })).toThrow(
    'fetch must be',
  );
  for (const serviceUrl of [
    'http://x:99999',
    'http://x?y',
    'http://x#',
    'http://u:p@x',
    new URL('http://x'),
    ['http://x'],
  ]) {
    expect(() => Reflect.apply(createSessionsClient, undefined, [{ serviceUrl, serviceKey: 'k' }])).toThrow(
      'serviceUrl must be a text: an http or https URL',
    );
  }
  expect(() => createSessionsClient({ serviceUrl: 'HTTPS://X.Example/', serviceKey: 'k' })).not.toThrow();
  const tenantId = 'a\nb';
  expect(() => createSessionsClient({ serviceUrl: 'http://x', serviceKey: 'k', tenantId })).toThrow('tenantId must be');
});

it('wrong arguments are rejected as a result, and nobody is asked', async () => {
  const calls: string[] = [];
  const fetch = async (url: string) => {
    calls.push(url);
    return new Response();
  };
  const { afterLogin } = createSessionsClient({ serviceUrl: 'http://service.example', serviceKey: 'key', fetch });
  const call = (...args: readonly unknown[]) => Reflect.apply(afterLogin, undefined, args);
  const odd = [undefined, null, {}, { userId: 7n }, { userId: '' }, { userId: 'u', sessionId: { id: 's' } }];
  for (const login of [...odd, { userId, signal: new AbortController() }, { userId, signal: 5 }]) {
    expect(await call(login)).toMatchObject({ result: 'rejected', code: 'BAD_USER_INPUT' });
  }
  expect(calls).toEqual([]);
});
