import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Transport } from '../../src/fusionauth/transport.js';
import type { TransportRequest, UpstreamOperation } from '../../src/fusionauth/transport-call.js';
import { transportOptions } from '../support/fusionauth-connection.js';
import { type RawServer, sendJson, startRawServer } from '../support/raw-server.js';

/** The calls that FusionAuth has not answered yet, by their paths. */
let held: { readonly path: string; readonly response: ServerResponse }[];
let server: RawServer;
let transport: Transport;

beforeEach(async () => {
  held = [];
  server = await startRawServer((response, { url }) => held.push({ path: url, response }));
  transport = new Transport({ ...transportOptions, baseUrl: server.url, maxConcurrentCalls: 8 });
});

afterEach(async () => {
  await transport[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const request = (path: string): TransportRequest => ({
  method: 'GET',
  path,
  headers: {},
  body: undefined,
  repeatable: true,
});

const operation = (isOfUser: boolean): UpstreamOperation => ({ calls: 0, ...(isOfUser && { user: randomUUID() }) });

async function untilHeld(paths: readonly string[]): Promise<void> {
  await expect.poll(() => held.map(({ path }) => path)).toEqual(paths);
}

it('users leave three quarters of the calls at the same time to services, whose calls go on beside theirs', async () => {
  const ofUsers = [1, 2, 3].map((user) => transport.send(request(`/user/${user}`), { operation: operation(true) }));
  await untilHeld(['/user/1', '/user/2']);
  const ofService = transport.send(request('/service'), { operation: operation(false) });
  await untilHeld(['/user/1', '/user/2', '/service']);
  expect(transport.waitingCalls).toBe(1);
  for (const { response } of held.splice(0)) sendJson(response, '{}');
  await ofService;
  await untilHeld(['/user/3']);
  for (const { response } of held) sendJson(response, '{}');
  await Promise.all(ofUsers);
});

it.each([true, false])(
  'searches leave half of the calls at the same time to all else (of users: %s)',
  async (isOfUser) => {
    const search = (index: number) => {
      const searching = { ...request(`/search/${index}`), isSearch: true };
      return transport.send(searching, { operation: operation(isOfUser) });
    };
    const searches = [1, 2, 3, 4, 5].map(search);
    const first = isOfUser ? ['/search/1', '/search/2'] : ['/search/1', '/search/2', '/search/3', '/search/4'];
    await untilHeld(first);
    const others = [1, 2, 3, 4].map((index) => transport.send(request(`/${index}`), { operation: operation(false) }));
    await untilHeld([...first, '/1', '/2', '/3', '/4']);
    expect(transport.waitingCalls).toBe(5 - first.length);
    const isDone = Promise.all([...searches, ...others]).then(() => true);
    while (!(await Promise.race([isDone, new Promise((resolve) => setTimeout(resolve, 5))]))) {
      for (const { response } of held.splice(0)) sendJson(response, '{}');
    }
    expect(transport.waitingCalls).toBe(0);
  },
);

it('an answer waits for the turn of its operation before it is read', async () => {
  let begin = () => {};
  const asked: unknown[] = [];
  await using waiting = new Transport({
    ...transportOptions,
    baseUrl: server.url,
    beforeReading: (characters, whom) => {
      asked.push([characters, whom]);
      return new Promise((resolve) => {
        begin = resolve;
      });
    },
  });
  const whom = operation(true);
  let isRead = false;
  const answer = waiting.send(request('/user'), { operation: whom }).then(({ body }) => {
    isRead = true;
    return body;
  });
  await untilHeld(['/user']);
  for (const { response } of held) sendJson(response, '{"users":[]}');
  await expect.poll(() => asked).toEqual([['{"users":[]}'.length, whom]]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isRead).toBe(false);
  begin();
  expect(await answer).toEqual({ users: [] });
});
