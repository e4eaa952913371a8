import { deepStrictEqual } from 'node:assert/strict';
import pLimit from 'p-limit';
import { request } from 'undici';
import { login } from '../load/login.js';
import { median } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import type { RunningServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { createWays, type Enforce, type Way, ways } from './ways.js';

export const comparedWays = [...ways, 'bare'] as const;

export interface EnforceResult {
  readonly latencyMs: number;
  readonly surplus: number;
  /** One bare call to the emulated FusionAuth: the list of these sessions. */
  readonly roundTripMs: number;
  readonly ways: Readonly<Record<Way, EnforceFigures>>;
}

export interface EnforceFigures {
  readonly p50Ms: number;
  readonly slowestMs: number;
  readonly upstreamCalls: number;
}

/** The time from a login to a user with one session, for users who had 1 to 25 sessions before. One user at a time. */
export async function measureEnforcement(
  emulator: EmulatorProcess,
  server: RunningServer,
  settings: BenchSettings,
): Promise<EnforceResult[]> {
  const enforceBy = createWays(server, emulator.facts);
  await warmUp(emulator, settings.warmUpEnforcements, enforceBy);

  const results: EnforceResult[] = [];
  for (const latencyMs of settings.latenciesMs) {
    for (const surplus of settings.surplusSessions) {
      // Opens the connections.
      await emulator.setLatency(0);
      for (const way of comparedWays) await measure(emulator, surplus, enforceBy[way]);
      await emulator.setLatency(latencyMs);
      results.push(await measureAll(emulator, latencyMs, surplus, enforceBy, settings.enforcements));
    }
  }
  await emulator.setLatency(0);
  return results;
}

/**
 * For the compiler of the runtime: as many by the service as by the code on the official client, without a login. After
 * some hundred calls an enforcement still takes twice what it takes after some thousand. Eight at once, to save time.
 */
async function warmUp(emulator: EmulatorProcess, times: number, enforceBy: Readonly<Record<Way, Enforce>>) {
  const inTurn = pLimit(8);
  for (const way of ['ours', 'promiseAll', 'bare'] as const) {
    const users = await emulator.addUsers(times, 4);
    await Promise.all(users.map((user) => inTurn(() => enforceBy[way](user, ''))));
  }
}

async function measureAll(
  emulator: EmulatorProcess,
  latencyMs: number,
  surplus: number,
  enforceBy: Readonly<Record<Way, Enforce>>,
  enforcements: number,
): Promise<EnforceResult> {
  const roundTripsMs: number[] = [];
  const timesMs: Record<Way, number[]> = { ours: [], loop: [], promiseAll: [], bare: [] };
  const calls: Record<Way, number> = { ours: 0, loop: 0, promiseAll: 0, bare: 0 };
  for (let turn = 0; turn < enforcements; turn++) {
    roundTripsMs.push(await roundTripMs(emulator, surplus + 1));
    for (const way of comparedWays) {
      const { elapsedMs, upstreamCalls } = await measure(emulator, surplus, enforceBy[way]);
      timesMs[way].push(elapsedMs);
      calls[way] += upstreamCalls;
    }
  }
  const figuresOf = (way: Way): EnforceFigures => ({
    p50Ms: median(timesMs[way]),
    slowestMs: Math.max(...timesMs[way]),
    upstreamCalls: calls[way] / enforcements,
  });
  return {
    latencyMs,
    surplus,
    roundTripMs: median(roundTripsMs),
    ways: {
      ours: figuresOf('ours'),
      loop: figuresOf('loop'),
      promiseAll: figuresOf('promiseAll'),
      bare: figuresOf('bare'),
    },
  };
}

async function measure(emulator: EmulatorProcess, surplus: number, enforce: Enforce) {
  const [user] = await emulator.addUsers(1, surplus);
  if (user === undefined) throw new Error('No user was added');
  const sessionId = await login(emulator.facts, user);
  let elapsedMs = Number.NaN;
  const upstreamCalls = await emulator.callsDuring(async () => {
    const startedAt = performance.now();
    const revoked = await enforce(user, sessionId);
    elapsedMs = performance.now() - startedAt;
    deepStrictEqual(revoked, surplus);
  });
  deepStrictEqual(await emulator.countSessions([user.id]), [1]);
  return { elapsedMs, upstreamCalls };
}

async function roundTripMs(emulator: EmulatorProcess, sessions: number): Promise<number> {
  const [user] = await emulator.addUsers(1, sessions);
  const { url, apiKey } = emulator.facts;
  const startedAt = performance.now();
  const { body } = await request(`${url}/api/jwt/refresh?userId=${user?.id}`, { headers: { authorization: apiKey } });
  await body.json();
  return performance.now() - startedAt;
}
