import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { openConnection, type RawConnection } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';

let service: TestService;
const opened: RawConnection[] = [];

beforeAll(async () => {
  service = await startTestService({
    env: { WEBHOOK_SIGNATURE: 'jwks', RATE_LIMIT_USER_POINTS: '1100' },
  });
});

afterEach(() => {
  for (const { socket } of opened.splice(0)) socket.destroy();
});

afterAll(() => service[Symbol.asyncDispose]());

async function open(): Promise<RawConnection> {
  const connection = await openConnection(service.url);
  opened.push(connection);
  return connection;
}

const post = (path: string, ...headers: readonly string[]) =>
  [`POST ${path} HTTP/1.1`, 'host: localhost', 'content-length: 100000000000', ...headers, '\r\n'].join('\r\n');

const json = 'content-type: application/json';
const key = () => `authorization: Bearer ${service.key(permissions)}`;

/** Sends as much as is taken, for as long as the connection stands. */
async function flood({ socket }: RawConnection): Promise<number> {
  const chunk = Buffer.alloc(65_536, 0x20);
  let sentBytes = 0;
  let isOpen = true;
  socket.once('close', () => {
    isOpen = false;
  });
  while (isOpen && sentBytes < 200_000_000) {
    if (socket.write(chunk)) sentBytes += chunk.length;
    else await Promise.race([sleep(20), new Promise((resolve) => socket.once('drain', resolve))]);
  }
  return sentBytes;
}

describe('an answer that leaves before the body has come', () => {
  it.each<[number, string, () => string]>([
    [401, 'without credentials', () => post('/graphql', json)],
    [401, 'without credentials for a stream', () => post('/graphql/stream', json)],
    [401, 'of an unknown webhook delivery', () => post('/webhooks/fusionauth', json)],
    [404, 'at an unknown path', () => post('/nowhere', json)],
    [405, 'for a method that is not served', () => post('/graphql', json).replace('POST', 'PUT')],
    [413, 'of a body that is announced too large', () => post('/graphql', json, key())],
    [415, 'of a compressed body', () => post('/graphql', json, 'content-encoding: gzip', key())],
    [400, 'of a malformed target', () => post('/graphql#x', json, key())],
    [400, 'of a tenant that is none', () => post('/graphql', json, key(), 'x-fusionauth-tenantid: x')],
    [200, 'of a request that needs none', () => post('/health/live', json).replace('POST', 'GET')],
  ])('%i %s closes the connection, and reads nothing on', async (status, _what, request) => {
    const connection = await open();
    connection.socket.write(request());
    const sentBytes = await flood(connection);
    await connection.closed;
    expect(connection.received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(connection.received()).toMatch(/\r\nconnection: close\r\n/i);
    // What the buffers of both ends take, and what is let come so that the answer is read.
    expect(sentBytes).toBeLessThan(40_000_000);
  });

  it('can be read by a client that sends its whole body first', async () => {
    const connection = await open();
    const body = Buffer.alloc(200_000, 0x20);
    connection.socket.write(`POST /graphql HTTP/1.1\r\nhost: localhost\r\n${json}\r\n${key()}\r\n`);
    connection.socket.write(`content-length: ${body.length}\r\n\r\n`);
    // Nothing is read until all has been sent, as proxies do it.
    connection.socket.pause();
    await sleep(50);
    await new Promise((resolve) => connection.socket.write(body, resolve));
    connection.socket.resume();
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 413 /);
    expect(connection.received()).toContain('The request body is larger than 100000 bytes.');
  });

  it('has no request run that follows on the connection', async () => {
    const connection = await open();
    const next = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n';
    connection.socket.write(post('/graphql', json).replace('100000000000', '10'));
    await expect.poll(() => connection.received()).toMatch(/^HTTP\/1\.1 401 /);
    connection.socket.write(`0123456789${next}`);
    await connection.closed;
    expect(connection.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });

  it('leaves the connection open where there is no body', async () => {
    const connection = await open();
    const request = 'GET /graphql HTTP/1.1\r\nhost: localhost\r\n\r\n';
    connection.socket.write(request);
    await expect.poll(() => connection.received()).toMatch(/^HTTP\/1\.1 401 /);
    connection.socket.write(request);
    await expect.poll(() => connection.received().match(/HTTP\/1\.1 401/g)?.length).toBe(2);
  });
});

describe('a body that is sent only when it is asked for', () => {
  const expecting = (...headers: readonly string[]) =>
    post('/graphql', json, 'expect: 100-continue', ...headers).replace('100000000000', '28');

  it('is not asked for without credentials', async () => {
    const connection = await open();
    connection.socket.write(expecting());
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('is asked for once the caller is known', async () => {
    const connection = await open();
    connection.socket.write(expecting(key()));
    await expect.poll(() => connection.received()).toMatch(/^HTTP\/1\.1 100 /);
    connection.socket.write('{"query":"{viewer{name}}"}  ');
    await expect.poll(() => connection.received()).toContain('"data":{"viewer"');
  });

  it('is not asked for by HTTP/1.0, whose clients take the first answer for the last', async () => {
    const connection = await open();
    connection.socket.write(expecting(key()).replace('HTTP/1.1', 'HTTP/1.0'));
    connection.socket.write('{"query":"{viewer{name}}"}  ');
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('with another expectation is refused as other requests are', async () => {
    const connection = await open();
    connection.socket.write(post('/graphql', json, 'expect: tea'));
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 417 /);
    expect(connection.received()).toMatch(/\r\nx-request-id: /);
  });
});

describe('what is no HTTP', () => {
  it('is answered as everything else is', async () => {
    const connection = await open();
    connection.socket.write('NONSENSE\r\n\r\n');
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 400 .*"code":"BAD_REQUEST"/s);
    expect(connection.received()).toMatch(/\r\nx-request-id: /);
  });
});

it('the program of GraphiQL is held once for all who do not read it', { timeout: 60_000 }, async () => {
  const page = await service.fetch('/').then((response) => response.text());
  const [path = ''] = /\/graphiql\/\w+\.js/.exec(page) ?? [];
  await service.fetch(path).then((response) => response.text());
  const before = process.memoryUsage.rss();
  const connections = await Promise.all(Array.from({ length: 60 }, open));
  for (const { socket } of connections) {
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  }
  await sleep(1_000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
});
