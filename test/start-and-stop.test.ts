import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load-config.js';
import { DisposalList } from '../src/disposal-list.js';
import { startEmulator } from '../src/emulator/emulator.js';
import { createService } from '../src/server.js';

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? `${address?.port}` : '';
}

const request = (port: string) => fetch(`http://127.0.0.1:${port}/health/live`);

describe('a start that is given up', () => {
  it.each([0, 1, 2, 3, 5, 8, 20])('after %i turns of the event loop leaves nothing open', async (turns) => {
    await using emulator = await startEmulator();
    const port = await freePort();
    const loaded = await loadConfig({ PORT: port, LOG_LEVEL: 'silent' });
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
