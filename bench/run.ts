import { EmulatorProcess } from './processes/emulator.js';
import { type RunningServer, type ServerName, serverNames, startServer } from './processes/servers.js';
import { describeMachine, type Machine } from './report/machine.js';
import { type AccessTokenResult, measureAccessTokens } from './scenarios/access-token.js';
import { type AdminPageResult, measureAdminPages } from './scenarios/admin-page.js';
import { type EnforceResult, measureEnforcement } from './scenarios/enforce.js';
import { type FanOutResult, measureFanOut } from './scenarios/fan-out.js';
import { type GrowthResult, measureGrowth } from './scenarios/growth.js';
import { type ListResult, measureLists } from './scenarios/list.js';
import { measureLoginStorms, type StormResult } from './scenarios/login-storm.js';
import { measureSoak, type SoakResult } from './scenarios/soak.js';
import { measureStartUps, type StartUpResult } from './scenarios/start-up.js';
import type { BenchSettings } from './settings.js';

export interface BenchResults {
  readonly machine: Machine;
  readonly settings: BenchSettings;
  readonly startUp: readonly StartUpResult[];
  readonly list: readonly ListResult[];
  readonly enforce: readonly EnforceResult[];
  readonly adminPage: readonly AdminPageResult[];
  readonly loginStorm: readonly StormResult[];
  readonly accessTokens: AccessTokenResult;
  readonly fanOut: FanOutResult;
  readonly growth: readonly GrowthResult[];
  readonly soak: SoakResult;
}

/**
 * Measures everything, one scenario after another, on 127.0.0.1. Every process it starts has ended when it is done.
 * @param tell Told which scenario begins.
 */
export async function runBench(settings: BenchSettings, tell: (what: string) => void): Promise<BenchResults> {
  const machine = describeMachine();
  await using emulator = await EmulatorProcess.start();
  tell('start-up');
  const startUp = await measureStartUps(emulator, settings);

  const servers = await startServers(emulator);
  try {
    tell('list');
    const list = await measureLists(emulator, serverNames.map(servers.get), settings);
    tell('enforce after login');
    const enforce = await measureEnforcement(emulator, servers.get('ours'), settings);
    tell('admin page');
    const pages = { ours: servers.get('ours'), withoutLoaders: servers.get('apollo') };
    const adminPage = await measureAdminPages(emulator, pages, settings);
    tell('login storm');
    const loginStorm = await measureLoginStorms(emulator, servers.get('ours'), settings);
    tell('access tokens');
    const accessTokens = await measureAccessTokens(emulator, settings);
    tell('events');
    const fanOut = await measureFanOut(emulator, settings);
    tell('growth');
    const growth = await measureGrowth(emulator, servers.get('ours'), settings);
    tell('soak');
    const soak = await measureSoak(emulator, settings);
    return { machine, settings, startUp, list, enforce, adminPage, loginStorm, accessTokens, fanOut, growth, soak };
  } finally {
    await servers.stop();
  }
}

async function startServers({ facts }: EmulatorProcess) {
  const running = new Map<ServerName, RunningServer>();
  const stop = async () => {
    for (const server of running.values()) await server[Symbol.asyncDispose]();
  };
  try {
    for (const name of serverNames) running.set(name, await startServer(name, facts));
  } catch (error) {
    await stop();
    throw error;
  }
  const get = (name: ServerName): RunningServer => {
    const server = running.get(name);
    if (server === undefined) throw new RangeError(`${name} does not run`);
    return server;
  };
  return { get, stop };
}
