import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { holdCalls } from '../support/hold-calls.js';
import { ownTimeOf, startOwnTime } from '../support/own-time.js';
import { startTestService, type TestService } from '../support/service.js';

/** Waits until the emulator has received a call, so that the request that made it is in flight. */
async function inFlight(service: TestService): Promise<void> {
  while (service.emulator.calls.count() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function list(service: TestService) {
  return service.query('query ($id: ID!) { sessions(userId: $id) { id } }', { id: service.user({ sessions: 1 }).id });
}

describe('stopping the service', () => {
  it('lets a request in flight finish', async () => {
    const service = await startTestService({ env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
    const held = holdCalls(service.emulator, { path: '*' });
    const answer = list(service);
    await inFlight(service);
    const stopped = service[Symbol.asyncDispose]();
    await ownTimeOf(200);
    held.release();
    expect(await answer).toMatchObject({ status: 200, body: { data: { sessions: [{}] } } });
    await stopped;
  });

  it('stops as soon as the request in flight has its answer', async () => {
    const service = await startTestService({ env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
    const held = holdCalls(service.emulator, { path: '*' });
    const answer = list(service);
    await inFlight(service);
    const stopped = service[Symbol.asyncDispose]();
    held.release();
    await answer;
    const ownMs = startOwnTime();
    await stopped;
    expect(ownMs()).toBeLessThan(3_000);
  });

  it('takes no new connections', async () => {
    const service = await startTestService();
    await service[Symbol.asyncDispose]();
    await expect(service.fetch('/health/live')).rejects.toThrow('fetch failed');
  });

  it('is not held up by kept connections on which nothing happens', async () => {
    const service = await startTestService({ env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      const call = request(`${service.url}/health/live`, { agent }, (response) => {
        response.resume().on('end', resolve);
      });
      call.on('error', reject).end();
    });
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);

    const ownMs = startOwnTime();
    await service[Symbol.asyncDispose]();
    // Node keeps idle connections for five seconds unless they are closed.
    expect(ownMs()).toBeLessThan(3_000);
    agent.destroy();
  });

  it('is not held up by connections that clients have opened ahead of their first request', async () => {
    const service = await startTestService({ env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const ownMs = startOwnTime();
    await service[Symbol.asyncDispose]();
    // Node waits for their headers unless they are closed.
    expect(ownMs()).toBeLessThan(3_000);
    socket.destroy();
  });

  it('is held up by a hanging FusionAuth no longer than SHUTDOWN_TIMEOUT_MS', async () => {
    const service = await startTestService({
      env: {
        SHUTDOWN_TIMEOUT_MS: '200',
        FUSIONAUTH_REQUEST_TIMEOUT_MS: '6000',
        FUSIONAUTH_CALL_BUDGET_MS: '6000',
        FUSIONAUTH_MAX_ATTEMPTS: '1',
      },
    });
    service.emulator.faults.add({ path: '*', fault: { kind: 'hang' } });
    const answer = list(service).catch(() => 'cut off');
    await inFlight(service);
    const ownMs = startOwnTime();
    await service[Symbol.asyncDispose]();
    expect(ownMs()).toBeLessThan(4_000);
    expect(await answer).toBe('cut off');
  });
});
