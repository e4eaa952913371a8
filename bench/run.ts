import { EmulatorProcess } from './processes/emulator.js';
import { type RunningServer, type ServerName, serverNames, startServer } from './processes/servers.js';
import { describeMachine } from './report/machine.js';
import type { BenchResults, Measured, ScenarioName } from './results.js';
import { measureAccessTokens } from './scenarios/access-token.js';
import { measureAdminPages } from './scenarios/admin-page.js';
import { measureApplications } from './scenarios/applications.js';
import { measureConsolePages } from './scenarios/console-page.js';
import { measureDatabase } from './scenarios/database.js';
import { measureEnforcement } from './scenarios/enforce.js';
import { measureFanOut } from './scenarios/fan-out.js';
import { measureGrowth } from './scenarios/growth.js';
import { measureGuard } from './scenarios/guard.js';
import { measureIntrospection } from './scenarios/introspection.js';
import { measureLease } from './scenarios/lease.js';
import { measureLists } from './scenarios/list.js';
import { measureLoginStorms } from './scenarios/login-storm.js';
import { measurePolicies } from './scenarios/policies.js';
import { measureReplicas } from './scenarios/replicas.js';
import { measureRevocationsHeld } from './scenarios/revocations-held.js';
import { measureSoak } from './scenarios/soak.js';
import { measureStartUps } from './scenarios/start-up.js';
import type { BenchSettings } from './settings.js';

interface Bench {
  readonly emulator: EmulatorProcess;
  readonly settings: BenchSettings;
  /** Starts it when it is first asked for. */
  readonly server: (name: ServerName) => Promise<RunningServer>;
}

/** In the order in which they are measured. */
const scenarios: { readonly [Name in ScenarioName]: (bench: Bench) => Promise<Measured[Name]> } = {
  startUp: ({ emulator, settings }) => measureStartUps(emulator, settings),
  list: async ({ emulator, settings, server }) => {
    const servers: RunningServer[] = [];
    for (const name of serverNames) servers.push(await server(name));
    return measureLists(emulator, servers, settings);
  },
  enforce: async ({ emulator, settings, server }) => measureEnforcement(emulator, await server('ours'), settings),
  adminPage: async ({ emulator, settings, server }) =>
    measureAdminPages(emulator, { ours: await server('ours'), withoutLoaders: await server('apollo') }, settings),
  loginStorm: async ({ emulator, settings, server }) => measureLoginStorms(emulator, await server('ours'), settings),
  accessTokens: ({ emulator, settings }) => measureAccessTokens(emulator, settings),
  fanOut: ({ emulator, settings }) => measureFanOut(emulator, settings),
  growth: async ({ emulator, settings, server }) => measureGrowth(emulator, await server('ours'), settings),
  database: ({ emulator, settings }) => measureDatabase(emulator, settings),
  replicas: ({ emulator, settings }) => measureReplicas(emulator, settings),
  policies: ({ emulator, settings }) => measurePolicies(emulator, settings),
  applications: ({ settings }) => measureApplications(settings),
  revocationsHeld: ({ emulator, settings }) => measureRevocationsHeld(emulator, settings),
  lease: ({ emulator, settings }) => measureLease(emulator, settings),
  introspection: ({ emulator, settings }) => measureIntrospection(emulator, settings),
  consolePage: ({ emulator, settings }) => measureConsolePages(emulator, settings),
  guard: ({ settings }) => measureGuard(settings),
  soak: ({ emulator, settings }) => measureSoak(emulator, settings),
};

export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];

/**
 * Measures one scenario after another, on 127.0.0.1. Every process it starts has ended when it is done. One that fails takes
 * no other one with it.
 * @param tell Told which scenario begins.
 */
export async function runBench(
  names: readonly ScenarioName[],
  settings: BenchSettings,
  tell: (what: string) => void,
): Promise<BenchResults> {
  const machine = describeMachine();
  await using emulator = await EmulatorProcess.start();
  const running = new Map<ServerName, RunningServer>();
  const server = async (name: ServerName): Promise<RunningServer> => {
    const started = running.get(name) ?? (await startServer(name, emulator.facts));
    running.set(name, started);
    return started;
  };
  let measured: Partial<Measured> = {};
  const seconds: Partial<Record<ScenarioName, number>> = {};
  const failures: Partial<Record<ScenarioName, string>> = {};
  try {
    for (const name of scenarioNames.filter((one) => names.includes(one))) {
      tell(name);
      const startedAt = performance.now();
      try {
        measured = { ...measured, [name]: await scenarios[name]({ emulator, settings, server }) };
      } catch (error) {
        failures[name] = error instanceof Error ? error.message : String(error);
        tell(`${name} has failed: ${failures[name]}`);
        // It may have left a delay behind.
        await emulator.setLatency(0);
      }
      seconds[name] = (performance.now() - startedAt) / 1_000;
    }
    return { machine, settings, seconds, failures, ...measured };
  } finally {
    for (const one of running.values()) await one[Symbol.asyncDispose]();
  }
}
