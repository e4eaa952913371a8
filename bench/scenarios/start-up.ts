import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { type ServerName, serverNames, startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

export interface StartUpResult {
  readonly server: ServerName;
  /** From starting the process until it accepted connections, in steps of 5 ms. */
  readonly startUpMs: number;
  /** Resident half a second later, without a request. */
  readonly idleRssBytes: number;
}

const restMs = 500;

/** Each server alone, in turn. */
export async function measureStartUps(emulator: EmulatorProcess, settings: BenchSettings): Promise<StartUpResult[]> {
  const names = serverNames.filter((name) => name !== 'oursLogging');
  const rounds: StartUpResult[] = [];
  for (let round = 0; round < settings.startUpRounds; round++) {
    for (const name of names) rounds.push(await startOnce(emulator, name));
  }
  return names.map((name) => {
    const own = rounds.filter(({ server }) => server === name);
    return {
      server: name,
      startUpMs: median(own.map(({ startUpMs }) => startUpMs)),
      idleRssBytes: median(own.map(({ idleRssBytes }) => idleRssBytes)),
    };
  });
}

async function startOnce(emulator: EmulatorProcess, name: ServerName): Promise<StartUpResult> {
  await using server = await startServer(name, emulator.facts);
  await delay(restMs);
  const { rssBytes } = await server.child.usage();
  return { server: name, startUpMs: server.startUpMs, idleRssBytes: rssBytes };
}
