import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { Agent } from 'undici';
import type { Comparison } from '../load/in-turn.js';
import type { Place } from '../load/usual-sides.js';
import { reportRevocation, webhookVariables } from '../load/webhook.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { type RunningServer, startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { compareUsual } from './usual-operations.js';

/** Revocations that a service remembers. A million would take minutes to report; the guard is measured with as many. */
const sizes = [10, 1_000, 20_000] as const;

/** Lists and enforcements by services that remember more and more revocations. */
export async function measureRevocationsHeld(
  emulator: EmulatorProcess,
  settings: BenchSettings,
): Promise<Comparison[]> {
  await emulator.setLatency(0);
  const servers: RunningServer[] = [];
  try {
    const places: Place[] = [];
    for (const size of sizes) {
      const server = await startServer('ours', emulator.facts, webhookVariables);
      servers.push(server);
      await reportAll(server, emulator, size);
      places.push({ label: `${size.toLocaleString('en-US')} held`, size, server, emulator });
    }
    return await compareUsual(places, settings);
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
}

async function reportAll({ url }: RunningServer, { facts }: EmulatorProcess, count: number): Promise<void> {
  const dispatcher = new Agent({ connections: 32 });
  const inTurn = pLimit(32);
  const report = async () => {
    const statusCode = await reportRevocation(url, facts, randomUUID(), dispatcher);
    if (statusCode !== 200) throw new Error(`A report was answered with ${statusCode}`);
  };
  await Promise.all(Array.from({ length: count }, () => inTurn(report)));
  await dispatcher.close();
}
