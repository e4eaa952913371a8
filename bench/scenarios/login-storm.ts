import pLimit from 'p-limit';
import { login } from '../load/login.js';
import { median, percentile } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import type { RunningServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { createWays, type Enforce, type Way, ways } from './ways.js';

export const storm = {
  /** How often each user logs in, at nearly the same moment. */
  loginsEach: 3,
  /** Sessions each user has before. */
  earlierSessions: 2,
  /** How many log in at once. */
  concurrentLogins: 64,
  /** Delay that the emulated FusionAuth adds to each call, in milliseconds. */
  latencyMs: 5,
} as const;

export interface StormResult {
  readonly way: Way;
  readonly loginsPerSecond: number;
  /** Of the enforcements. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Over all rounds. */
  readonly users: { readonly withOne: number; readonly withNone: number; readonly withMore: number };
  readonly failedEnforcements: number;
  /** CPU time of the service for each enforcement, in microseconds; null where there is none, or it was not measured. */
  readonly cpuMicros?: number | null;
}

/** Many users log in from several devices at once, and each login enforces the limit of one session. */
export async function measureLoginStorms(
  emulator: EmulatorProcess,
  server: RunningServer,
  settings: BenchSettings,
): Promise<StormResult[]> {
  const enforceBy = createWays(server, emulator.facts);
  await emulator.setLatency(storm.latencyMs);
  const rounds: Record<(typeof ways)[number], Round[]> = { ours: [], loop: [], promiseAll: [] };
  for (let round = 0; round < settings.stormRounds; round++) {
    for (const way of ways) {
      const before = await server.child.usage();
      const run = await runStorm(emulator, enforceBy[way], settings.stormUsers);
      const cpuMicros = (await server.child.usage()).cpuMicros - before.cpuMicros;
      rounds[way].push({ ...run, cpuMicros: way === 'ours' ? cpuMicros / run.timesMs.length : null });
    }
  }
  await emulator.setLatency(0);
  return ways.map((way) => summarise(way, rounds[way]));
}

interface Round extends Storm {
  readonly cpuMicros: number | null;
}

interface Storm {
  readonly elapsedSeconds: number;
  readonly timesMs: readonly number[];
  readonly sessionsLeft: readonly number[];
  readonly failures: number;
}

async function runStorm(emulator: EmulatorProcess, enforce: Enforce, userCount: number): Promise<Storm> {
  const users = await emulator.addUsers(userCount, storm.earlierSessions);
  const inTurn = pLimit(storm.concurrentLogins);
  const timesMs: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const logins = users.flatMap((user) =>
    Array.from({ length: storm.loginsEach }, () =>
      inTurn(async () => {
        const sessionId = await login(emulator.facts, user);
        const loggedInAt = performance.now();
        // What the race leaves behind is what counts here.
        await enforce(user, sessionId).catch(() => {
          failures += 1;
        });
        timesMs.push(performance.now() - loggedInAt);
      }),
    ),
  );
  await Promise.all(logins);
  const elapsedSeconds = (performance.now() - startedAt) / 1_000;
  return { elapsedSeconds, timesMs, failures, sessionsLeft: await emulator.countSessions(users.map(({ id }) => id)) };
}

function summarise(way: Way, rounds: readonly Round[]): StormResult {
  const sessionsLeft = rounds.flatMap((round) => round.sessionsLeft);
  const usersWith = (isSo: (sessions: number) => boolean) => sessionsLeft.filter(isSo).length;
  return {
    way,
    loginsPerSecond: median(rounds.map(({ timesMs, elapsedSeconds }) => timesMs.length / elapsedSeconds)),
    p50Ms: median(rounds.map(({ timesMs }) => percentile(timesMs, 50))),
    p99Ms: median(rounds.map(({ timesMs }) => percentile(timesMs, 99))),
    users: {
      withOne: usersWith((sessions) => sessions === 1),
      withNone: usersWith((sessions) => sessions === 0),
      withMore: usersWith((sessions) => sessions > 1),
    },
    failedEnforcements: rounds.reduce((sum, { failures }) => sum + failures, 0),
    cpuMicros: rounds.some(({ cpuMicros }) => cpuMicros === null)
      ? null
      : median(rounds.map((round) => round.cpuMicros ?? 0)),
  };
}
