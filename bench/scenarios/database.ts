import { type Comparison, compare } from '../load/in-turn.js';
import { median } from '../load/statistics.js';
import { type Place, revokeSide } from '../load/usual-sides.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { startPostgres, timeDatabase } from '../processes/postgres.js';
import { startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { compareEnforcements, compareLists } from './usual-operations.js';

export interface DatabaseResult {
  /** A statement that reads nothing, and one that writes a row, from this process. */
  readonly roundTripMs: number;
  readonly commitMs: number;
  readonly list: Comparison;
  /** That end 1 session and 10. */
  readonly enforcements: readonly Comparison[];
  readonly revocation: Comparison;
}

/** A service that shares a database beside one that remembers for itself. */
export async function measureDatabase(emulator: EmulatorProcess, settings: BenchSettings): Promise<DatabaseResult> {
  await emulator.setLatency(0);
  await using postgres = await startPostgres();
  await using alone = await startServer('ours', emulator.facts);
  await using shared = await startServer('ours', emulator.facts, { DATABASE_URL: postgres.url });
  const places: readonly Place[] = [
    { label: 'without', server: alone, emulator },
    { label: 'with a database', server: shared, emulator },
  ];
  const list = await compareLists(places, settings);
  const enforcements: Comparison[] = [];
  for (const surplus of [1, 10]) enforcements.push(await compareEnforcements(places, surplus, settings));
  const revocation = await compare({
    what: 'revocation of one session',
    sides: places.map(revokeSide),
    connections: 1,
    operations: settings.comparedWrites,
    settings,
  });
  const { readsMs, commitsMs } = await timeDatabase(postgres.url, settings.comparedReads);
  return { roundTripMs: median(readsMs), commitMs: median(commitsMs), list, enforcements, revocation };
}
