import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { holdCalls } from '../support/hold-calls.js';
import { ownTimeOf } from '../support/own-time.js';
import { openConnection } from '../support/raw-connection.js';
import { startTestService, type TestService } from '../support/service.js';

/** Waits until the emulator has received a call, so that the request that made it is in flight. */
async function inFlight(service: TestService): Promise<void> {
  await expect.poll(() => service.emulator.calls.count()).toBeGreaterThan(0);
}

const list = (service: TestService) =>
  service.query('query ($id: ID!) { sessions(userId: $id) { id } }', { id: service.user({ sessions: 1 }).id });

describe('a service that drains', () => {
  it('says that it is not ready, serves everything, and closes each connection with its answer', async () => {
    await using service = await startTestService({ env: { DRAIN_MS: '60000' } });
    expect((await service.fetch('/health/ready')).status).toBe(200);
    void service.drain();
    const ready = await service.fetch('/health/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'stopping' });
    expect((await service.fetch('/health/live')).status).toBe(200);
    const answer = await list(service);
    expect(answer).toMatchObject({ status: 200, body: { data: { sessions: [{}] } } });
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('does so for DRAIN_MS', async () => {
    await using service = await startTestService({ env: { DRAIN_MS: '300' } });
    const startedAt = performance.now();
    await service.drain();
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  it('keeps no connection that it has answered on', async () => {
    await using service = await startTestService({ env: { DRAIN_MS: '60000' } });
    const agent = new Agent({ keepAlive: true });
    const get = () =>
      new Promise<void>((resolve, reject) => {
        const call = request(`${service.url}/health/live`, { agent }, (response) => {
          response.resume().on('end', resolve);
        });
        call.on('error', reject).end();
      });
    await get();
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);
    void service.drain();
    await get();
    await expect.poll(() => Object.keys(agent.freeSockets)).toHaveLength(0);
    agent.destroy();
  });
});

describe('a request on a kept connection while the service closes', () => {
  it('is told in our own form to come again, and its connection closes', async () => {
    const service = await startTestService({ env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
    const held = holdCalls(service.emulator, { path: '*' });
    const body = JSON.stringify({ query: `{ sessions(userId: "${service.user().id}") { id } }` });
    const head = [
      'POST /graphql HTTP/1.1',
      'host: localhost',
      `authorization: Bearer ${service.key(['session:read'])}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    const { socket, received, closed } = await openConnection(service.url);
    socket.write(head);
    await inFlight(service);
    const stopped = service[Symbol.asyncDispose]();
    await new Promise(setImmediate);
    // Behind the one that is being answered.
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await ownTimeOf(200);
    held.release();
    await closed;
    const [first = '', second] = received().split(/(?=HTTP\/1\.1 )/);
    expect(first).toMatch(/^HTTP\/1\.1 200 /);
    // It may close before the second is read; that answer must not be somebody else's.
    if (second !== undefined) {
      expect(second).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n/i);
      expect(second).toContain('"code":"UNAVAILABLE"');
      expect(second).toMatch(/x-content-type-options: nosniff/);
    }
    await stopped;
  });
});
