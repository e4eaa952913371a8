import { setTimeout as delay } from 'node:timers/promises';
import { unreachable } from '../../../src/domain/unreachable.js';
import type { Cluster } from './cluster.js';
import type { Disturbance } from './disturbances.js';
import type { Tally } from './played.js';
import { numbered } from './steps.js';

/** Lets happen to the machines what a disturbance says. @param isOver Aborted when the histories are. */
export async function disturb(
  { emulator, replicas, restartDatabase, pauseDatabase, unrest }: Cluster,
  what: Disturbance,
  isOver: AbortSignal,
  tally: Tally,
): Promise<void> {
  await delay(what.afterMs);
  switch (what.kind) {
    case 'killInMidEnding':
      if (await numbered(replicas, what.replica)?.killInMidEnding(what.endings, what.step, isOver)) tally.kills++;
      return;
    case 'kill':
      tally.kills++;
      return numbered(replicas, what.replica)?.killAndStart();
    case 'cut':
      tally.cuts++;
      numbered(replicas, what.replica)?.database.cut();
      return;
    case 'pause':
      tally.pauses++;
      return numbered(replicas, what.replica)?.pause(what.forMs);
    case 'sleep':
      tally.pauses++;
      return numbered(replicas, what.replica)?.sleep(what.forMs);
    case 'closed':
    case 'frozen': {
      tally.outages++;
      const way = numbered(replicas, what.replica)?.database;
      way?.set(what.kind);
      await delay(what.forMs);
      way?.set('open');
      return;
    }
    case 'fusionAuth': {
      const { method, times, fault } = what;
      for (const path of ['/api/jwt/refresh', '/api/jwt/refresh/:id'])
        emulator.faults.add({ method, path, times, fault });
      return;
    }
    case 'restartDatabase':
      tally.databaseRestarts++;
      return restartDatabase();
    case 'pauseDatabase':
      tally.outages++;
      return pauseDatabase(what.forMs);
    case 'killDatabase':
      tally.databaseRestarts++;
      return restartDatabase('killed');
    case 'endConnections':
      tally.cuts++;
      return unrest.endConnections(what.forMs);
    case 'lockTable':
      tally.outages++;
      return unrest.lockTable(what.table, what.forMs);
    case 'vacuumFull':
      return unrest.vacuumFull();
    case 'roleSetting':
      tally.cuts++;
      return unrest.roleSetting(what.setting, what.forMs);
    default:
      return unreachable(what);
  }
}
