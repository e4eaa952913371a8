import { createServer } from 'node:http';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expressGuard } from '../../src/guard/express.js';
import { acceptedToken, fastifyGuard } from '../../src/guard/fastify.js';
import { checkRequest, fetchGuard } from '../../src/guard/fetch.js';
import { honoGuard } from '../../src/guard/hono.js';
import { koaGuard } from '../../src/guard/koa.js';
import { type ListeningServer, listen } from '../support/listening-server.js';
import { aliceId, ScriptedService, sessionNumber, signToken, until } from './scripted-service.js';
import { readyGuard, type TestGuard } from './start-guard.js';

let service: ScriptedService;
let started: TestGuard;

beforeAll(async () => {
  service = await ScriptedService.start();
  started = await readyGuard(service, { feedToleranceMs: 300 });
});

afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const servers = {
  async fastify(): Promise<ListeningServer> {
    const app = fastify();
    app.addHook('onRequest', fastifyGuard(started.guard));
    app.get('/', async (request) => ({ userId: acceptedToken(request).userId }));
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), [Symbol.asyncDispose]: () => app.close() };
  },
  async express(): Promise<ListeningServer> {
    const middleware = expressGuard(started.guard);
    const server = createServer((request, response) =>
      middleware(request, response, () => response.end(JSON.stringify({ userId: acceptedToken(request).userId }))),
    );
    return listen(server);
  },
};

describe.each(['fastify', 'express'] as const)('the adapter for %s', (name) => {
  it('lets through who is accepted, and answers all others as RFC 6750 has it', async () => {
    await using server = await servers[name]();
    const get = (authorization?: string) =>
      fetch(server.url, authorization === undefined ? {} : { headers: { authorization } });

    const accepted = await get(`bearer ${await signToken()}`);
    expect([accepted.status, await accepted.json()]).toEqual([200, { userId: aliceId }]);

    for (const authorization of [undefined, 'Basic YTpi', 'Bearer', 'Bearer a b']) {
      const missing = await get(authorization);
      expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }

    service.revoke({ sessionId: sessionNumber(66) });
    await until(() => started.guard.isRevoked({ sid: sessionNumber(66) }));
    const answers = [];
    for (const claims of [{ sid: sessionNumber(66) }, { exp: 1 }, { iss: 'evil' }, { sid: undefined }]) {
      const response = await get(`Bearer ${await signToken(claims)}`);
      answers.push([response.status, response.headers.get('www-authenticate'), await response.text()]);
    }
    expect(answers[0]).toEqual([
      401,
      'Bearer error="invalid_token", error_description="The access token is expired, revoked or invalid"',
      '{"error":"invalid_token","error_description":"The access token is expired, revoked or invalid"}',
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('answers 503 while the feed is down', async () => {
    await using server = await servers[name]();
    service.intercept = (_operation, response) => response.destroy() !== undefined;
    service.breakStreams();
    await until(() => started.guard.feedState === 'down');
    const response = await fetch(server.url, { headers: { authorization: `Bearer ${await signToken()}` } });
    expect([response.status, response.headers.get('retry-after'), response.headers.get('www-authenticate')]).toEqual([
      503,
      '5',
      null,
    ]);
    service.intercept = () => false;
    await until(() => started.guard.feedState === 'connected');
  });
});

it('Fastify runs no handler for who is refused, although another hook holds the answer up', async () => {
  const app = fastify();
  let handled = 0;
  app.addHook('onRequest', fastifyGuard(started.guard));
  app.addHook('onSend', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
  app.get('/', async () => {
    handled++;
    return 'secret';
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const response = await fetch(url, { headers: { authorization: 'Bearer none' } });
  expect([response.status, await response.text()]).toEqual([401, expect.not.stringContaining('secret')]);
  await app.close();
  expect(handled).toBe(0);
});

it('Express middleware leaves an answer alone that somebody else has given in the meantime', async () => {
  const unexpected = () => {
    throw new Error('The headers are sent already');
  };
  const response = { headersSent: true, statusCode: 200, setHeader: unexpected, end: unexpected };
  expressGuard(started.guard)({ headers: {} }, response, unexpected);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(response.statusCode).toBe(200);
});

it('Express middleware hands on what onRefused throws, and answers nothing itself', async () => {
  const failure = new Error('of the application');
  const onRefused = () => {
    throw failure;
  };
  const unexpected = () => expect.unreachable();
  const response = { headersSent: false, statusCode: 200, setHeader: unexpected, end: unexpected };
  const error = await new Promise((resolve) =>
    expressGuard(started.guard, { onRefused })({ headers: {} }, response, resolve),
  );
  expect([error, response.statusCode]).toEqual([failure, 200]);
});

describe('whatever onRefused answers, who is refused gets no further', () => {
  const answers: readonly (readonly [string, () => unknown, number])[] = [
    ['nothing', () => undefined, 401],
    ['nothing, later', async () => undefined, 401],
    ['a number', () => 0, 401],
    ['true, later', async () => true, 401],
    [
      'an object that looks like a response',
      () => ({ status: 200, headers: new Headers(), ok: true, body: null }),
      401,
    ],
    ['what an accepted token looks like', () => ({ ok: true, claims: {}, userId: 'mallory' }), 401],
    ['a response of its own', () => new Response('go and sign in', { status: 302 }), 302],
    ['a response of its own, later', async () => new Response('go and sign in', { status: 200 }), 200],
  ];

  it.each(answers)('(%s)', async (_what, onRefused, status) => {
    let handled = 0;
    const handle = () => {
      handled++;
      return new Response('secret');
    };
    // As JavaScript calls it, which keeps to no types.
    const options: object = { onRefused };
    const request = new Request('http://shop.example/', { headers: { authorization: 'Bearer none' } });
    const response = await fetchGuard(started.guard, handle, options)(request);
    expect([response.status, await response.text(), handled]).toEqual([
      status,
      expect.not.stringContaining('secret'),
      0,
    ]);
    const checked = await checkRequest(started.guard, request, options);
    expect(checked).toBeInstanceOf(Response);
    const next = async () => void handled++;
    const context = { req: { raw: request }, set: () => void handled++ };
    expect(await honoGuard(started.guard, options)(context, next)).toBeInstanceOf(Response);
    expect(handled).toBe(0);
  });

  it('(a rejection, in a handler of fetch, Koa and Fastify)', async () => {
    const onRefused = async () => {
      throw new Error('of the application');
    };
    const request = new Request('http://shop.example/');
    const unexpected = () => expect.unreachable();
    await expect(fetchGuard(started.guard, unexpected, { onRefused })(request)).rejects.toThrow('of the application');
    const context = { headers: {}, status: 404, body: null, set: unexpected };
    await expect(koaGuard(started.guard, { onRefused })(context, unexpected)).rejects.toThrow('of the application');
    const reply = { code: unexpected, headers: unexpected, send: unexpected };
    await expect(fastifyGuard(started.guard, { onRefused })({ headers: {} }, reply)).rejects.toThrow(
      'of the application',
    );
  });
});

it('a request that has passed no guard has no token', () => {
  expect(() => acceptedToken({})).toThrow(TypeError);
});
