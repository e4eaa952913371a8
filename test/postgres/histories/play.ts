import { setTimeout as delay } from 'node:timers/promises';
import { createTestUser } from '../../support/users.js';
import type { Cluster } from './cluster.js';
import { disturb } from './disturb.js';
import { newTally, type Played, type Tally } from './played.js';
import { governedRole, type History, type Round } from './script.js';
import { enforce, perform } from './steps.js';

/** Plays all histories of a round side by side, and ends with an enforcement of each limit that nothing disturbs. */
export async function play(cluster: Cluster, round: Round, tally: Tally): Promise<Played[]> {
  const { histories, disturbances, losesWebhooks, maxEndingMs } = round;
  const { hub, emulator, replicas } = cluster;
  const played = histories.map((history) => newPlayed(cluster, history, losesWebhooks));
  for (const replica of replicas) replica.beginRound();
  hub.lostShare = losesWebhooks ? 1 : 0;
  const slowEndings = { kind: 'latency', minMs: 0, maxMs: maxEndingMs } as const;
  if (maxEndingMs > 0) emulator.faults.add({ method: 'DELETE', path: '/api/jwt/refresh/:id', fault: slowEndings });
  const isOver = new AbortController();
  const machines = Promise.all(disturbances.map((one) => disturb(cluster, one, isOver.signal, tally)));
  await Promise.all(
    played.map(async (one) => {
      await Promise.all(
        Array.from({ length: one.history.signIns }, () => perform(cluster, one, { kind: 'login' }, tally)),
      );
      for (const wave of one.history.waves) await Promise.all(wave.map((step) => perform(cluster, one, step, tally)));
    }),
  );
  isOver.abort();
  await machines;
  emulator.faults.clear();
  await Promise.all(played.map((one) => enforceUntilDone(cluster, one)));
  await emulator.events.settled();
  await hub.idle();
  tally.histories += histories.length;
  return played;
}

function newPlayed({ emulator, shop }: Cluster, history: History, losesWebhooks: boolean): Played {
  const user = createTestUser(emulator, [shop], { ssoSessions: history.ssoSessions });
  const { registrations = [] } = emulator.store.users.get(user.id) ?? {};
  if (history.isGoverned) for (const registration of registrations) registration.roles = [governedRole];
  return { history, user, signIns: [], asked: new Map(), foreign: new Set(), isDeleted: false, losesWebhooks };
}

/** Calls again while told to: an attempt may still meet what a process that was killed has left under way. */
async function enforceUntilDone({ call }: Cluster, played: Played): Promise<void> {
  const unnoticed = newTally();
  const last: unknown[] = [];
  for (let attempt = 1; attempt <= 40; attempt++) {
    const data = await enforce({ call }, played, 'batch', 'oldest', played.history.limit, null, unnoticed);
    const outcome = data?.enforceSessionLimit.outcome ?? null;
    if (outcome !== null && outcome !== 'PARTIAL') return;
    last.push(data);
    await delay(attempt < 10 ? 20 : 500);
  }
  throw new Error(`The limit cannot be enforced although nothing stands in the way: ${JSON.stringify(last.slice(-3))}`);
}
