import { setTimeout as delay } from 'node:timers/promises';
import { runLoad } from '../load/closed-loop.js';
import { enforceRequest, listRequest } from '../load/operations.js';
import { median } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { usage } from '../processes/messages.js';
import { startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

export interface SoakResult {
  readonly requests: number;
  readonly seconds: number;
  readonly slices: readonly SoakSlice[];
  /** In use after collecting garbage: the median of the last third of the slices less that of the middle third. */
  readonly heapGrowthBytes: number;
  readonly isFlat: boolean;
}

export interface SoakSlice {
  /** Since the beginning. */
  readonly requests: number;
  /** After collecting garbage. */
  readonly heapUsedBytes: number;
  readonly rssBytes: number;
}

/** What the heap of a server at rest differs by from one collection to the next, with compiled code coming and going. */
const flatWithinBytes = 1_000_000;

/** The last answers are on their way when the load ends. */
const restMs = 500;

const connections = 16;

/** Lists and enforcements in turn on a fresh server, for as long as the time allows: does it keep what it is done with? */
export async function measureSoak(emulator: EmulatorProcess, settings: BenchSettings): Promise<SoakResult> {
  const users = await emulator.addUsers(50, 1);
  await using server = await startServer('ours', emulator.facts);
  const loads = users.flatMap(({ id }) => [listRequest(server, id), enforceRequest(server, id)]);

  const slices: SoakSlice[] = [];
  let requests = 0;
  const startedAt = performance.now();
  for (let slice = 0; slice < settings.soakSlices; slice++) {
    const durationSeconds = settings.soakSliceSeconds;
    requests += (await runLoad({ url: server.url, requests: loads, connections, durationSeconds })).requests;
    await delay(restMs);
    const { heapUsedBytes, rssBytes } = await server.child.ask({ kind: 'usageAfterCollection' }, usage);
    slices.push({ requests, heapUsedBytes, rssBytes });
  }
  const third = Math.ceil(slices.length / 3);
  const heapOf = (some: readonly SoakSlice[]) => median(some.map(({ heapUsedBytes }) => heapUsedBytes));
  const heapGrowthBytes = heapOf(slices.slice(-third)) - heapOf(slices.slice(-2 * third, -third));
  const seconds = (performance.now() - startedAt) / 1_000;
  return { requests, seconds, slices, heapGrowthBytes, isFlat: heapGrowthBytes < flatWithinBytes };
}
