import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { maxUnansweredRequests } from '../../../src/http/pipelined-requests.js';
import { openConnection } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

const requestFor = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

it('requests that are sent ahead are answered in their order', async () => {
  const ahead = maxUnansweredRequests - 1;
  const connection = await openConnection(service.url);
  const paths = Array.from({ length: ahead }, (_, index) => (index % 2 === 0 ? '/health/live' : '/nothing'));
  connection.socket.write(paths.map(requestFor).join(''));
  const statuses = () => [...connection.received().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  await expect.poll(statuses).toEqual(paths.map((path) => (path === '/nothing' ? '404' : '200')));
  // What is answered counts no more.
  connection.socket.write(requestFor('/health/live'));
  await expect.poll(statuses).toHaveLength(ahead + 1);
  connection.socket.destroy();
});

it('thousands of requests that are sent ahead are not taken, and close their connection', async () => {
  let taken = 0;
  const count = (message: unknown) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (request.url === '/sent-ahead') taken++;
  };
  subscribe('http.server.request.start', count);
  const connection = await openConnection(service.url);
  connection.socket.write(requestFor('/sent-ahead').repeat(5_000));
  await connection.closed;
  unsubscribe('http.server.request.start', count);
  expect(taken).toBeGreaterThanOrEqual(maxUnansweredRequests);
  // A read brings 64 KiB, which are more than a thousand of them.
  expect(taken).toBeLessThan(2 * maxUnansweredRequests);
  expect((await service.fetch('/health/live')).status).toBe(200);
});
