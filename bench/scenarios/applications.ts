import type { Comparison } from '../load/in-turn.js';
import type { Place } from '../load/usual-sides.js';
import { EmulatorProcess } from '../processes/emulator.js';
import { startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { compareUsual } from './usual-operations.js';

/** So many applications, and as many tenants. */
const sizes = [1, 1_000, 5_000] as const;

/** Lists and enforcements beside a FusionAuth with one application and tenant, and beside ones with many. */
export async function measureApplications(settings: BenchSettings): Promise<Comparison[]> {
  const running: AsyncDisposable[] = [];
  try {
    const places: Place[] = [];
    for (const size of sizes) {
      const emulator = await EmulatorProcess.start({ tenants: size, applications: size });
      running.push(emulator);
      const server = await startServer('ours', emulator.facts, { FUSIONAUTH_TENANT_ID: emulator.facts.tenantId });
      running.unshift(server);
      places.push({ label: `${size.toLocaleString('en-US')} of each`, size, server, emulator });
    }
    return await compareUsual(places, settings);
  } finally {
    for (const one of running) await one[Symbol.asyncDispose]();
  }
}
