import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { MANAGEMENT_PORT: '0' } });
});

beforeEach(() => service.emulator.faults.clear());

afterAll(() => service[Symbol.asyncDispose]());

/** Sends a request on a connection of its own. */
function post(path: string, requestId: string, query: string): Socket {
  const { hostname, port } = new URL(service.url);
  const body = JSON.stringify({ query });
  const headers = [
    `Host: ${hostname}`,
    `Authorization: Bearer ${service.key(permissions)}`,
    'Accept: application/json, text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `X-Request-Id: ${requestId}`,
  ];
  const socket = connect(Number(port), hostname).on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
  return socket;
}

const linesOf = (requestId: string) =>
  service.logs.filter((line) => line.msg === 'request' && line['requestId'] === requestId);

async function countOf(route: string, status: string): Promise<string | undefined> {
  const text = await (await fetch(`${service.managementUrl}/metrics`)).text();
  const series = `http_server_request_duration_seconds_count{http_request_method="POST",http_route="${route}",http_response_status_code="${status}"} `;
  return text
    .split('\n')
    .find((line) => line.startsWith(series))
    ?.slice(series.length);
}

it('a request whose client leaves before the answer is logged and counted, without a status', async () => {
  const alice = service.user({ sessions: 1 });
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'held', until } });
  const socket = post('/graphql', 'left-early', `{ sessions(userId: "${alice.id}") { id } }`);
  const lists = () => service.emulator.calls.all().filter(({ query }) => query['userId'] === alice.id);
  await expect.poll(lists).toHaveLength(1);
  socket.destroy();
  await expect.poll(() => linesOf('left-early')).toHaveLength(1);
  release();
  expect(linesOf('left-early')).toMatchObject([
    { route: '/graphql', status: null, durationMs: expect.any(Number), caller: expect.any(String) },
  ]);
  expect(await countOf('/graphql', '')).toBe('1');
});

it('a stream is logged and counted once its client leaves', async () => {
  const socket = post('/graphql/stream', 'followed', 'subscription { sessionEvents { id } }');
  await once(socket, 'data');
  expect(linesOf('followed')).toEqual([]);
  socket.destroy();
  await expect.poll(() => linesOf('followed')).toHaveLength(1);
  expect(linesOf('followed')).toMatchObject([{ route: '/graphql/stream', status: 200 }]);
  expect(await countOf('/graphql/stream', '200')).toBe('1');
});

it('a request that is answered is logged once', async () => {
  const socket = post('/graphql', 'answered', '{ viewer { name } }');
  await once(socket, 'data');
  socket.destroy();
  await once(socket, 'close');
  await expect.poll(() => linesOf('answered')).toHaveLength(1);
  expect(linesOf('answered')).toMatchObject([{ status: 200 }]);
});
