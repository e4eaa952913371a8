import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { startTestService } from '../../support/service.js';

const count = 1_000;

/** How many connections the kernel holds for a process that has not accepted them; 0 where it does not say. */
function kernelBacklog(): number {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  } catch {
    return 0;
  }
}

// With fewer, the kernel drops the first packet of a connection, and the client waits a second before it sends another.
it.skipIf(kernelBacklog() < count)('1,000 connections stand while the event loop is held', async () => {
  await using service = await startTestService();
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const established = new Int32Array(shared);
  const worker = new Worker(new URL('../support/connect-all.mjs', import.meta.url), {
    workerData: { port: Number(new URL(service.url).port), count, shared },
  });
  await once(worker, 'online');
  // Nothing is accepted from here on. A connection that the kernel does not take never stands, however long this waits.
  const giveUpAt = performance.now() + 10_000;
  for (let now = 0; now < count && performance.now() < giveUpAt; now = Atomics.load(established, 0)) {
    Atomics.wait(established, 0, now, 100);
  }
  const whileHeld = Atomics.load(established, 0);
  worker.postMessage('close');
  await once(worker, 'exit');
  expect(whileHeld).toBe(count);
  expect((await service.fetch('/health/live')).status).toBe(200);
});
