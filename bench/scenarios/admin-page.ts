import { deepStrictEqual } from 'node:assert/strict';
import { adminPageRequest, usersIn } from '../load/operations.js';
import { send } from '../load/send.js';
import { median } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import type { RunningServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

export const usersOnPage = 100;

/** What the number of calls without loaders depends on. */
export const sessionsEach = [3, 10] as const;

export interface AdminPageResult {
  readonly latencyMs: number;
  readonly sessionsEach: number;
  readonly ours: AdminPageFigures;
  /** Apollo Server with a resolver that asks for each user and application as it needs it. */
  readonly withoutLoaders: AdminPageFigures;
}

export interface AdminPageFigures {
  readonly upstreamCalls: number;
  readonly p50Ms: number;
}

/** One page of 100 users with their sessions, and the application and user of each session. One page at a time. */
export async function measureAdminPages(
  emulator: EmulatorProcess,
  servers: { readonly ours: RunningServer; readonly withoutLoaders: RunningServer },
  settings: BenchSettings,
): Promise<AdminPageResult[]> {
  const results: AdminPageResult[] = [];
  for (const sessions of sessionsEach) {
    const ids = (await emulator.addUsers(usersOnPage, sessions)).map(({ id }) => id);
    const pageOf = (server: RunningServer) => send(server.url, adminPageRequest(server, ids));
    await emulator.setLatency(0);
    deepStrictEqual(usersIn(await pageOf(servers.ours)), usersIn(await pageOf(servers.withoutLoaders)));

    for (const latencyMs of settings.latenciesMs) {
      await emulator.setLatency(latencyMs);
      const ours: AdminPageFigures[] = [];
      const withoutLoaders: AdminPageFigures[] = [];
      for (let page = 0; page < settings.adminPages; page++) {
        ours.push(await measure(emulator, () => pageOf(servers.ours)));
        withoutLoaders.push(await measure(emulator, () => pageOf(servers.withoutLoaders)));
      }
      results.push({ latencyMs, sessionsEach: sessions, ours: middle(ours), withoutLoaders: middle(withoutLoaders) });
    }
  }
  await emulator.setLatency(0);
  return results;
}

async function measure(emulator: EmulatorProcess, page: () => Promise<unknown>): Promise<AdminPageFigures> {
  let p50Ms = Number.NaN;
  const upstreamCalls = await emulator.callsDuring(async () => {
    const startedAt = performance.now();
    await page();
    p50Ms = performance.now() - startedAt;
  });
  return { upstreamCalls, p50Ms };
}

function middle(pages: readonly AdminPageFigures[]): AdminPageFigures {
  return {
    upstreamCalls: median(pages.map(({ upstreamCalls }) => upstreamCalls)),
    p50Ms: median(pages.map(({ p50Ms }) => p50Ms)),
  };
}
