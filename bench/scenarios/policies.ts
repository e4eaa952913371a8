import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from '../load/in-turn.js';
import type { Place } from '../load/usual-sides.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { type RunningServer, startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { compareUsual } from './usual-operations.js';

/** Rules of a session policy that holds for everybody. */
const ruleCounts = [1, 10, 100] as const;

/** Lists and enforcements without a session policy, and with one of more and more rules. */
export async function measurePolicies(emulator: EmulatorProcess, settings: BenchSettings): Promise<Comparison[]> {
  await emulator.setLatency(0);
  const folder = await mkdtemp(join(tmpdir(), 'bench-policy-'));
  const servers: RunningServer[] = [];
  try {
    const places: Place[] = [];
    for (const size of [0, ...ruleCounts]) {
      const file = join(folder, `${size}.json`);
      await writeFile(file, JSON.stringify(policyOf(size, emulator.facts.applicationIds[0])));
      const variables = { POLICY_FILE: file, POLICY_SWEEP_INTERVAL_SECONDS: '0' };
      const server = await startServer('ours', emulator.facts, size === 0 ? {} : variables);
      servers.push(server);
      places.push(
        size === 0
          ? { label: 'no policy', server, emulator }
          : { label: `${size} rule${size === 1 ? '' : 's'}`, size, server, emulator },
      );
    }
    return await compareUsual(places, settings);
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only the last rule applies to everybody: the others, about one application each, have to be looked at before. */
function policyOf(rules: number, applicationId: string) {
  const particular = Array.from({ length: Math.max(0, rules - 1) }, (_, index) => ({
    name: `rule-${index + 1}`,
    when: { applications: [applicationId], roles: [`role-${index + 1}`] },
    allow: 900,
  }));
  return { version: 1, mode: 'enforce', rules: [...particular, { name: 'everybody', allow: 900 }] };
}
