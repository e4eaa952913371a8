import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { LoopTurns } from '../../src/application/operation/loop-turns.js';
import type { OperationScope } from '../../src/application/operation/operation-scope.js';
import type { StreamedResult } from '../../src/application/operation/subscription.js';
import type { Caller } from '../../src/domain/caller.js';
import { deferred } from '../../src/domain/deferred.js';
import type { RecognitionOptions } from '../../src/http/recognise-caller.js';
import { SubscriptionCount } from '../../src/http/subscription-count.js';
import { createSubscriptionHandler, registerSubscriptions } from '../../src/http/subscription-route.js';
import { silent } from '../support/telemetry.js';

const caller: Caller = {
  kind: 'service',
  name: 'test',
  expiresAt: null,
  permissions: new Set(),
  tenantIds: null,
  applicationIds: null,
};

/** Results without end, which count how many of them were taken. */
class Results implements AsyncIterator<StreamedResult, void> {
  taken = 0;
  hasReturned = false;

  async next(): Promise<IteratorResult<StreamedResult, void>> {
    if (this.hasReturned) return { done: true, value: undefined };
    this.taken++;
    return { done: false, value: { json: JSON.stringify('x'.repeat(100_000)), eventId: null } };
  }
  async return(): Promise<IteratorResult<StreamedResult, void>> {
    this.hasReturned = true;
    return { done: true, value: undefined };
  }
}

const running: AsyncDisposable[] = [];
afterEach(async () => {
  for (const item of running.splice(0)) await item[Symbol.asyncDispose]();
});

/** The route alone, over a socket, giving these results. */
async function serve(results: Results, turns = new LoopTurns()): Promise<{ readonly port: number }> {
  const app = Fastify();
  app.decorateRequest('recognised', null);
  const recognition: RecognitionOptions = {
    authenticate: async () => ({ kind: 'caller', caller }),
    chooseTenant: () => ({ ok: true, tenantId: null, tenantIds: null, isCallersWord: false }),
    spending: { spend: async () => ({ ok: true, remainingPoints: 1 }) },
    recogniseConsole: null,
    guesses: null,
    telemetry: silent,
  };
  const handle = createSubscriptionHandler({
    turns,
    telemetry: silent,
    createScope: (scope) => scope as unknown as OperationScope,
    subscribe: async () => ({ kind: 'results', results }),
    findDocument: ({ query }) => ({ kind: 'by-text', query: String(query) }),
    onRevoked: () => () => undefined,
    count: new SubscriptionCount({
      maxSubscriptions: 10,
      maxServiceSubscriptions: 10,
      maxUserSubscriptions: 10,
      serviceReservePercent: 0,
    }),
    maxSubscriptionMs: 60_000,
    clock: { now: () => Date.now() },
  });
  registerSubscriptions(app, recognition, handle);
  await app.listen({ port: 0, host: '127.0.0.1' });
  running.push({ [Symbol.asyncDispose]: () => app.close() });
  const address = app.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0 };
}

async function subscribeRaw(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const body = '{"query":"subscription { sessionEvents { id } }"}';
  socket.write(
    `POST /graphql/stream HTTP/1.1\r\nhost: test\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

describe('a client that does not read', () => {
  it('makes events wait where they are bounded, and not in front of its connection', async () => {
    const results = new Results();
    const { port } = await serve(results);
    const socket = await subscribeRaw(port);
    await once(socket, 'readable');
    socket.pause();

    // What the buffers of two sockets hold is taken, and then no more.
    await expect
      .poll(async () => {
        const before = results.taken;
        await delay(200);
        return results.taken - before;
      })
      .toBe(0);
    const takenWhilePaused = results.taken;
    expect(takenWhilePaused).toBeLessThan(300);

    socket.on('data', () => {});
    socket.resume();
    await expect.poll(() => results.taken).toBeGreaterThan(takenWhilePaused);
    socket.destroy();
    await expect.poll(() => results.hasReturned).toBe(true);
  });

  it('that goes away is not listened for any more', async () => {
    const results = new Results();
    const { port } = await serve(results);
    const socket = await subscribeRaw(port);
    await once(socket, 'readable');
    socket.resetAndDestroy();
    await expect.poll(() => results.hasReturned).toBe(true);
    const { taken } = results;
    await delay(50);
    expect(results.taken).toBe(taken);
  });
});

it('a subscription begins when its turn among all other work has come', async () => {
  const { promise: held, settle: release } = deferred<undefined>();
  class HeldTurns extends LoopTurns {
    override next() {
      return held;
    }
  }
  const results = new Results();
  const { port } = await serve(results, new HeldTurns());
  const socket = await subscribeRaw(port);
  await delay(50);
  expect(results.taken).toBe(0);
  release(undefined);
  await expect.poll(() => results.taken).toBeGreaterThan(0);
  socket.destroy();
});
