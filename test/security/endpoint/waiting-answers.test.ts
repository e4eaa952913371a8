import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxUnansweredRequests } from '../../../src/http/pipelined-requests.js';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../../support/access-tokens.js';
import { openConnection } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';
import { subscribe } from '../../support/subscription.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, MAX_USER_SUBSCRIPTIONS: '10' } });
});

afterAll(() => service[Symbol.asyncDispose]());

const streams = () =>
  service
    .data<{ readonly serviceState: { readonly userStreams: number } }>('{ serviceState { userStreams } }')
    .then(({ serviceState }) => serviceState.userStreams);

describe('subscriptions that are sent ahead on one connection', () => {
  it.each([
    ['is closed by its client', 5],
    ['is closed by the service, because they are too many', maxUnansweredRequests + 5],
  ])('give their places back when the connection %s', async (_how, count) => {
    const { id } = service.user();
    const token = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, id));
    const request = [
      `GET /graphql/stream?query=${encodeURIComponent('subscription{sessionEvents{id}}')} HTTP/1.1`,
      'host: localhost',
      `authorization: Bearer ${token}`,
      'accept: text/event-stream',
      '\r\n',
    ].join('\r\n');
    const connection = await openConnection(service.url);
    connection.socket.write(request.repeat(count));
    if (count < maxUnansweredRequests) {
      await expect.poll(streams).toBe(count);
      connection.socket.destroy();
    }
    await connection.closed;
    await expect.poll(streams).toBe(0);

    const open = await Promise.all(Array.from({ length: 10 }, () => subscribe(service, token)));
    expect(open.map(({ status }) => status)).toEqual(Array(10).fill(200));
    await Promise.all(open.map((subscription) => subscription[Symbol.asyncDispose]()));
    await expect.poll(streams).toBe(0);
  });
});
