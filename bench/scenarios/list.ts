import { deepStrictEqual } from 'node:assert/strict';
import { type LoadResult, runLoad } from '../load/closed-loop.js';
import { listRequest, sessionsIn } from '../load/operations.js';
import { send } from '../load/send.js';
import { median, medians } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import type { EmulatorUser } from '../processes/messages.js';
import type { RunningServer, ServerName } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

export const listedSessions = 50;

export type ListFigures = Omit<LoadResult, 'requests'> & {
  readonly cpuMicrosPerRequest: number;
  /** How busy the server kept one core, 0 to 1 and somewhat more. Below 0.9 something else set the pace. */
  readonly busy: number;
  readonly emulatorCpuMicrosPerRequest: number;
};

export interface ListResult {
  readonly server: ServerName;
  readonly latencyMs: number;
  readonly connections: number;
  readonly medians: ListFigures;
  readonly rounds: readonly ListFigures[];
  readonly upstreamCallsPerRequest: number;
  readonly peakRssBytes: number;
}

/**
 * Lists of 50 sessions by every server, in turn within each round, so that whatever else the machine does befalls all
 * alike. Without a delay, many connections keep the servers busy; with one, few connections show how long answers take.
 */
export async function measureLists(
  emulator: EmulatorProcess,
  servers: readonly RunningServer[],
  settings: BenchSettings,
): Promise<ListResult[]> {
  const users = await emulator.addUsers(20, listedSessions);
  await emulator.setLatency(0);
  await expectEqualAnswers(servers, users);
  const callsOf = new Map<ServerName, number>();
  for (const server of servers) callsOf.set(server.name, await upstreamCalls(emulator, server, users));
  for (const server of servers) await warmUp(server, users, settings);

  const results: ListResult[] = [];
  for (const latencyMs of settings.latenciesMs) {
    await emulator.setLatency(latencyMs);
    const isDelayed = latencyMs > 0;
    const connections = isDelayed ? 8 : 32;
    const durationSeconds = isDelayed ? settings.delayedListSeconds : settings.listSeconds;
    const measured = isDelayed ? servers.filter(({ name }) => name !== 'oursLogging') : servers;
    const rounds = await inTurn(measured, isDelayed ? settings.delayedListRounds : settings.listRounds, (server) =>
      load(emulator, server, users, connections, durationSeconds),
    );
    for (const server of measured) {
      const figures = rounds.get(server) ?? [];
      const { peakRssBytes } = await server.child.usage();
      results.push({
        server: server.name,
        latencyMs,
        connections,
        medians: medians(figures),
        rounds: figures,
        upstreamCallsPerRequest: callsOf.get(server.name) ?? Number.NaN,
        peakRssBytes,
      });
    }
  }
  await emulator.setLatency(0);
  return results;
}

/** Each server once in each round. Rounds begin with another server each, so that none is always first. */
async function inTurn<Figures>(
  servers: readonly RunningServer[],
  rounds: number,
  measure: (server: RunningServer) => Promise<Figures>,
): Promise<Map<RunningServer, Figures[]>> {
  const figures = new Map<RunningServer, Figures[]>(servers.map((server) => [server, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      figures.get(server)?.push(await measure(server));
    }
  }
  return figures;
}

async function load(
  emulator: EmulatorProcess,
  server: RunningServer,
  users: readonly EmulatorUser[],
  connections: number,
  durationSeconds: number,
): Promise<ListFigures> {
  const requests = users.map(({ id }) => listRequest(server, id));
  const [before, emulatorBefore] = [await server.child.usage(), await emulator.child.usage()];
  const startedAt = performance.now();
  const { requests: count, ...figures } = await runLoad({ url: server.url, requests, connections, durationSeconds });
  const elapsedMicros = (performance.now() - startedAt) * 1_000;
  const [after, emulatorAfter] = [await server.child.usage(), await emulator.child.usage()];
  const cpuMicros = after.cpuMicros - before.cpuMicros;
  return {
    ...figures,
    cpuMicrosPerRequest: cpuMicros / count,
    busy: cpuMicros / elapsedMicros,
    emulatorCpuMicrosPerRequest: (emulatorAfter.cpuMicros - emulatorBefore.cpuMicros) / count,
  };
}

/** As many requests to each server, so that the compiler of the runtime has had as much of each: a slow one takes longer. */
async function warmUp(
  server: RunningServer,
  users: readonly EmulatorUser[],
  { warmUpLists, warmUpMaxSeconds }: BenchSettings,
): Promise<void> {
  const requests = users.map(({ id }) => listRequest(server, id));
  let sent = 0;
  for (let second = 0; second < warmUpMaxSeconds && sent < warmUpLists; second++) {
    sent += (await runLoad({ url: server.url, requests, connections: 32, durationSeconds: 1 })).requests;
  }
}

const countedRequests = 20;

/** Settings that are kept for a while are read before. */
async function upstreamCalls(emulator: EmulatorProcess, server: RunningServer, users: readonly EmulatorUser[]) {
  const calls = await emulator.callsDuring(async () => {
    for (const { id } of users.slice(0, countedRequests)) await send(server.url, listRequest(server, id));
  });
  return calls / Math.min(countedRequests, users.length);
}

/** @throws AssertionError unless all servers answer the same, with every session. */
async function expectEqualAnswers(servers: readonly RunningServer[], users: readonly EmulatorUser[]): Promise<void> {
  for (const { id } of users) {
    const answers = await Promise.all(
      servers.map(async (server) => sessionsIn(await send(server.url, listRequest(server, id)))),
    );
    for (const answer of answers) deepStrictEqual(answer, answers[0]);
    deepStrictEqual(answers[0]?.length, listedSessions);
  }
}

/** The median over the rounds of how the figures of two servers compare within a round. */
export function ratioOf(
  results: readonly ListResult[],
  figure: keyof ListFigures,
  [server, other]: readonly [ServerName, ServerName],
): number {
  const roundsOf = (name: ServerName) =>
    results.find((result) => result.server === name && result.latencyMs === 0)?.rounds ?? [];
  const others = roundsOf(other);
  return median(roundsOf(server).map((round, index) => round[figure] / (others[index]?.[figure] ?? Number.NaN)));
}
