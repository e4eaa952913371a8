import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../scripts/free-port.mjs';
import { type CreateStores, createStores } from '../src/composition/stores.js';
import { loadConfig } from '../src/config/load-config.js';
import { DisposalList } from '../src/disposal-list.js';
import { startEmulator } from '../src/emulator/emulator.js';
import { createService } from '../src/server.js';
import { captureLogs } from './support/logs.js';
import { startRawServer } from './support/raw-server.js';
import { startTestService } from './support/service.js';

const request = (port: number) => fetch(`http://127.0.0.1:${port}/health/live`);

describe('a start that is given up', () => {
  it.each([0, 1, 2, 3, 5, 8, 20])('after %i turns of the event loop leaves nothing open', async (turns) => {
    await using emulator = await startEmulator();
    const port = await freePort();
    const loaded = await loadConfig({ PORT: `${port}`, LOG_LEVEL: 'silent' });
    if (!loaded.ok) throw new Error(loaded.problems.join());
    const stop = new AbortController();
    const starting = createService({ ...loaded, fusionAuthUrl: emulator.url, signal: stop.signal });
    const outcome = starting.then(
      (service) => service,
      (error: unknown) => error,
    );
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    stop.abort();
    const result = await outcome;
    // One that had started before it was told is like any other.
    if (typeof result === 'object' && result !== null && Symbol.asyncDispose in result)
      await (await starting)[Symbol.asyncDispose]();
    else expect(result).toBe(stop.signal.reason);
    await expect(request(port)).rejects.toThrow();
  });
});

it('a stop blames no FusionAuth for answers that it does not wait for any more', async () => {
  await using slow = await startRawServer((response, { url }) => {
    if (!url.startsWith('/api/jwt/refresh?')) return;
    response.setHeader('content-type', 'application/json');
    response.end('{"refreshTokens":[]}');
  });
  const logs = captureLogs();
  const loaded = await loadConfig({
    PORT: '0',
    FUSIONAUTH_URL: slow.url,
    FUSIONAUTH_API_KEY: 'key',
    SHUTDOWN_TIMEOUT_MS: '100',
  });
  if (!loaded.ok) throw new Error(loaded.problems.join());
  const service = await createService({ ...loaded, fusionAuthUrl: slow.url }, { logDestination: logs.destination });
  await expect.poll(() => slow.requests.filter(({ method }) => method === 'DELETE').length).toBe(1);
  await service[Symbol.asyncDispose]();
  await service.checked;
  expect(logs.lines.filter(({ msg }) => `${msg}`.includes('did not answer'))).toEqual([]);
});

describe('the stores of a service', () => {
  it('are closed when a later part of the start fails', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const calls: string[] = [];
    const starting = startTestService({
      env: { PORT: typeof address === 'object' ? `${address?.port}` : '' },
      createStores: async (foundation) => ({
        ...(await createStores(foundation)),
        begin: () => calls.push('begin'),
        endSubscriptions: () => calls.push('endSubscriptions'),
        [Symbol.asyncDispose]: async () => void calls.push('close'),
      }),
    });
    await expect(starting).rejects.toThrow('EADDRINUSE');
    taken.close();
    expect(calls).toEqual(['endSubscriptions', 'close']);
  });

  it('keep the service from starting when they cannot be opened', async () => {
    const port = await freePort();
    const away = new Error('The database is away');
    await expect(startTestService({ env: { PORT: `${port}` }, createStores: () => Promise.reject(away) })).rejects.toBe(
      away,
    );
    await expect(request(port)).rejects.toThrow();
  });

  it('are closed when the start is given up while they are opened', async () => {
    await using emulator = await startEmulator();
    const loaded = await loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
    if (!loaded.ok) throw new Error(loaded.problems.join());
    const stop = new AbortController();
    let isClosed = false;
    const starting = createService(
      { ...loaded, fusionAuthUrl: emulator.url, signal: stop.signal },
      {
        createStores: async (foundation) => {
          stop.abort();
          const close = async () => {
            isClosed = true;
          };
          return { ...(await createStores(foundation)), [Symbol.asyncDispose]: close };
        },
      },
    );
    const error = await starting.catch((thrown: unknown) => thrown);
    expect(error).toBe(stop.signal.reason);
    expect(isClosed).toBe(true);
  });

  it('may be shared: how a session ended at one service, another one tells', async () => {
    let opening: ReturnType<CreateStores> | undefined;
    const shared: CreateStores = async (foundation) => {
      opening ??= createStores(foundation);
      return { ...(await opening), [Symbol.asyncDispose]: async () => undefined };
    };
    await using one = await startTestService({ createStores: shared });
    await using other = await startTestService({ createStores: shared, beside: one });
    const [session] = one.user({ sessions: 1 }).sessions;
    await one.data('mutation ($id: ID!) { revokeSession(sessionId: $id, reason: ADMIN_REQUEST) { outcome } }', {
      id: session?.id,
    });
    const { endedSession } = await other.data<{ readonly endedSession: unknown }>(
      'query ($id: ID!) { endedSession(id: $id) { sessionId reason } }',
      { id: session?.id },
    );
    expect(endedSession).toEqual({ sessionId: session?.id, reason: 'ADMIN_REQUEST' });
  });
});

describe('what has been opened', () => {
  it('is closed in the opposite order, each once, also after one that cannot be', async () => {
    const closed: number[] = [];
    const opened = new DisposalList();
    opened.defer(() => closed.push(1));
    opened.defer(() => {
      throw new Error('stuck');
    });
    opened.defer(async () => closed.push(3));
    await expect(opened[Symbol.asyncDispose]()).rejects.toThrow('stuck');
    await opened[Symbol.asyncDispose]();
    expect(closed).toEqual([3, 1]);
  });
});
