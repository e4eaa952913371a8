import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  UpstreamContractError,
  UpstreamRejectedError,
  UpstreamTimeoutError,
  UpstreamUnavailableError,
} from '../../src/domain/errors.js';
import { parseSessionId, type SessionId, type UserId } from '../../src/domain/ids.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { Fault } from '../../src/emulator/faults.js';
import { startRawServer, unusedUrl } from '../support/raw-server.js';
import { idOf, listPath, type OneUser, startOneUser } from './one-user.js';

let world: OneUser;
let emulator: Emulator;
let alice: UserId;
let addSession: OneUser['addSession'];
let through: OneUser['through'];

beforeEach(async () => {
  world = await startOneUser();
  ({ emulator, alice, addSession, through } = world);
});

afterEach(() => world[Symbol.asyncDispose]());

describe('a failing FusionAuth', () => {
  const failing: readonly (readonly [string, Fault, abstract new (...args: never[]) => Error])[] = [
    ['429', { kind: 'status', status: 429 }, UpstreamUnavailableError],
    ['500 with HTML', { kind: 'status', status: 500 }, UpstreamUnavailableError],
    ['503', { kind: 'status', status: 503 }, UpstreamUnavailableError],
    ['504', { kind: 'status', status: 504 }, UpstreamUnavailableError],
    ['a reset', { kind: 'reset', when: 'before' }, UpstreamUnavailableError],
    ['no answer', { kind: 'hang' }, UpstreamTimeoutError],
    ['401', { kind: 'status', status: 401 }, UpstreamRejectedError],
    ['malformed JSON', { kind: 'malformedJson' }, UpstreamContractError],
  ];

  it.each(failing)('(%s) fails each of the calls in a way callers can tell apart', async (_what, fault, errorClass) => {
    const session = addSession();
    emulator.faults.add({ path: '/api/jwt/*', fault });
    emulator.faults.add({ path: '/api/user/search', fault });
    // Only what never answers waits for the time.
    const options = fault.kind === 'hang' ? { requestTimeoutMs: 100 } : {};
    await through({ ...options, maxAttempts: 1 }, async ({ sessions, directory }) => {
      await expect(sessions.listSessions(alice)).rejects.toBeInstanceOf(errorClass);
      await expect(sessions.findSession(idOf(session))).rejects.toBeInstanceOf(errorClass);
      await expect(directory.findUsers([alice])).rejects.toBeInstanceOf(errorClass);
      // The status of a deletion says it all: what follows cannot make a failure of it.
      if (fault.kind === 'malformedJson') return;
      await expect(sessions.revokeSession(idOf(session))).rejects.toBeInstanceOf(errorClass);
    });
  });

  it('that says a session is ended, in words that cannot be read, has ended it', async () => {
    const session = addSession();
    emulator.faults.add({ path: '/api/jwt/*', fault: { kind: 'malformedJson' } });
    await through({}, async ({ sessions }) => {
      expect(await sessions.revokeSession(idOf(session))).toBe('revoked');
    });
  });

  it('keeps what FusionAuth said as the cause, and out of the message', async () => {
    emulator.faults.add({ path: listPath, fault: { kind: 'status', status: 503, retryAfterSeconds: 7 } });
    const error = await through({ maxAttempts: 1 }, ({ sessions }) =>
      sessions.listSessions(alice).catch((reason: unknown) => reason),
    );
    expect(error).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryAfterSeconds: 7,
      message: 'FusionAuth is not available at the moment. Calling again is safe.',
      cause: { message: 'GET /api/jwt/refresh: answered 503 [SearchUnavailable]' },
    });
  });

  it('that is not there at all is unavailable', async () => {
    const baseUrl = await unusedUrl();
    const list = through({ baseUrl, maxAttempts: 1 }, ({ sessions }) => sessions.listSessions(alice));
    await expect(list).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: null });
  });

  it('with a full queue asks to come back in a second', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'latency', minMs: 100, maxMs: 100 } });
    await through({ maxConcurrentCalls: 1, maxQueuedCalls: 1 }, async ({ sessions }) => {
      const searches = [1, 2, 3].map(() => sessions.findSession(idOf(addSession())));
      const outcomes = await Promise.allSettled(searches);
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refused.length).toBeGreaterThan(0);
      for (const error of refused) {
        expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 });
      }
    });
  });
});

describe('an answer that is not of FusionAuth, but of something in between', () => {
  const id = parseSessionId('c0000000-0000-4000-8000-000000000001') as SessionId;
  const html = { 'content-type': 'text/html' };
  const json = { 'content-type': 'application/json' };
  const foreign: readonly (readonly [string, number, Record<string, string>, string])[] = [
    ['404 with HTML', 404, html, '<html>default backend - 404</html>'],
    ['404 with JSON', 404, json, '{"message":"no Route matched with those values"}'],
    ['404 with text', 404, { 'content-type': 'text/plain' }, '404 page not found\n'],
  ];

  it.each(foreign)('(%s) is an outage, and no proof that anything is gone', async (_what, status, headers, body) => {
    await using server = await startRawServer((response) => response.writeHead(status, headers).end(body));
    await through({ baseUrl: server.url, maxAttempts: 1 }, async ({ sessions, directory }) => {
      await expect(sessions.findSession(id)).rejects.toBeInstanceOf(UpstreamUnavailableError);
      await expect(sessions.revokeSession(id)).rejects.toBeInstanceOf(UpstreamUnavailableError);
      await expect(sessions.listSessions(alice)).rejects.toBeInstanceOf(UpstreamUnavailableError);
      await expect(directory.findUsers([alice])).rejects.toBeInstanceOf(UpstreamUnavailableError);
    });
  });

  it('(an empty 404 of an Envoy that has passed others on) is an outage, and no proof that anything is gone', async () => {
    const passedOn = { ...json, 'x-envoy-upstream-service-time': '4' };
    let hasRoute = true;
    await using server = await startRawServer((response, { method }) => {
      if (!hasRoute) response.writeHead(404, { server: 'istio-envoy' }).end();
      else if (method === 'DELETE') response.writeHead(404, passedOn).end();
      else response.writeHead(200, passedOn).end('{"refreshTokens":[]}');
    });
    await through({ baseUrl: server.url, maxAttempts: 1 }, async ({ sessions }) => {
      await sessions.listSessions(alice);
      expect(await sessions.revokeSession(id)).toBe('alreadyEnded');
      hasRoute = false;
      await expect(sessions.revokeSession(id)).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        cause: { message: `DELETE /api/jwt/refresh/${id}: answered 404 by the proxy itself` },
      });
      await expect(sessions.findSession(id)).rejects.toBeInstanceOf(UpstreamUnavailableError);
    });
  });

  it.each([
    ['a page with 200', 200, html, '<html>Sign in</html>'],
    ['200 that names errors', 200, json, '{"generalErrors":[{"code":"[Maintenance]"}]}'],
    ['a promise to see to it', 202, json, '{}'],
    ['several statuses in one', 207, json, '{"results":[{"status":500}]}'],
    ['202 without a body', 202, json, ''],
    ['204 of something in between', 204, {}, ''],
  ])('(%s) has ended no session, though FusionAuth may have', async (_what, status, headers, body) => {
    await using server = await startRawServer((response) => response.writeHead(status, headers).end(body));
    await through({ baseUrl: server.url, maxAttempts: 1 }, async ({ sessions }) => {
      await expect(sessions.revokeSession(id)).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        mayHaveBeenDone: true,
      });
    });
  });

  it.each([
    [408, true],
    [425, false],
  ])('(%i, to a connection that is closed) asks to come again', async (status, mayHaveBeenDone) => {
    await using server = await startRawServer((response) =>
      response.writeHead(status, { connection: 'close' }).end('<html>Try again</html>'),
    );
    await through({ baseUrl: server.url, maxAttempts: 2 }, async ({ sessions }) => {
      await expect(sessions.revokeSession(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', mayHaveBeenDone });
      expect(server.requests).toHaveLength(2);
      await expect(sessions.listSessions(alice)).rejects.toBeInstanceOf(UpstreamUnavailableError);
    });
  });

  it.each(['{"status":"ok"}', 'null'])('(JSON of another kind: %s) is no empty list', async (text) => {
    await using server = await startRawServer((response) => response.writeHead(200, json).end(text));
    await through({ baseUrl: server.url, maxAttempts: 1 }, async ({ sessions, directory }) => {
      await expect(sessions.listSessions(alice)).rejects.toBeInstanceOf(UpstreamContractError);
      await expect(directory.findUsers([alice])).rejects.toBeInstanceOf(UpstreamContractError);
    });
  });

  it.each([
    ['an empty body', ''],
    ['an empty object', '{}'],
    ['an empty list', '{"refreshTokens":[]}'],
  ])('is told from %s, by which FusionAuth says that there are none', async (_what, body) => {
    await using server = await startRawServer((response) => response.writeHead(200, json).end(body));
    await through({ baseUrl: server.url, maxAttempts: 1 }, async ({ sessions }) => {
      expect(await sessions.listSessions(alice)).toEqual({ sessions: [], truncated: false });
    });
  });

  it('is told from an empty 404, by which FusionAuth says that it is gone', async () => {
    await using server = await startRawServer((response) => response.writeHead(404).end());
    await through({ baseUrl: server.url, maxAttempts: 1 }, async ({ sessions }) => {
      expect(await sessions.findSession(id)).toBeNull();
      expect(await sessions.revokeSession(id)).toBe('alreadyEnded');
    });
  });
});
