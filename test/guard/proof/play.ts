import type { Act, Disturbance, Script } from './script.js';
import { expectRecovery, expectRefusal, expectTheTruth } from './truth.js';
import type { KnownSession, World } from './world.js';

/** Plays a script, and looks after every step, and while something is wrong. */
export async function play(world: World, { lostPercent, steps }: Script): Promise<void> {
  const { hub, emulator, guards } = world;
  hub.lostShare = lostPercent / 100;
  for (const { acts, disturbance } of steps) {
    const disturbing = disturbance === null ? null : disturb(world, disturbance);
    await Promise.all(acts.map((act) => perform(world, act)));
    await expectTheTruth(world);
    await disturbing;
    await expectTheTruth(world);
    await expectRecovery(world);
  }
  await emulator.events.settled();
  await hub.idle();
  hub.lostShare = 0;
  // Where nothing is lost, the feed says so to whoever has a lease that is long, too.
  await expectRefusal(world, lostPercent === 0 ? guards : guards.slice(0, 1));
  await expectTheTruth(world);
}

async function perform(world: World, act: Act): Promise<void> {
  const { users, sessions, emulator } = world;
  switch (act.kind) {
    case 'signIn': {
      const user = numbered(users, act.user);
      if (user !== undefined) await world.signIn(user);
      return;
    }
    case 'enforce': {
      const document = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }';
      return world.call(act.replica, document, { id: sessionOf(sessions, act.user)?.userId ?? users[0]?.id });
    }
    case 'revoke': {
      const id = sessionOf(sessions, act.session)?.refreshTokenId;
      const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
      if (id !== undefined) await world.call(act.replica, document, { id });
      return;
    }
    case 'revokeUser': {
      const id = sessionOf(sessions, act.user)?.userId;
      const document = 'mutation ($id: ID!) { revokeSessions(input: { userId: $id }) { revokedCount } }';
      if (id !== undefined) await world.call(act.replica, document, { id });
      return;
    }
    case 'foreign': {
      const id = sessionOf(sessions, act.session)?.refreshTokenId;
      if (id === undefined) return;
      const headers = { authorization: emulator.apiKey };
      await (await fetch(`${emulator.url}/api/jwt/refresh/${id}`, { method: 'DELETE', headers })).arrayBuffer();
      return;
    }
    default:
      return unreachable(act);
  }
}

/** Resolves when it is over. */
async function disturb({ wires, guards, replicas, pauseDatabase }: World, what: Disturbance): Promise<void> {
  switch (what.kind) {
    case 'wire': {
      const wire = numbered(wires, what.guard);
      if (wire === undefined) return;
      wire.mode = what.mode;
      await new Promise((resolve) => setTimeout(resolve, what.forMs));
      wire.mode = 'open';
      return;
    }
    case 'guardSleeps':
      return numbered(guards, what.which)?.pause(what.forMs);
    case 'serviceSleeps':
      return numbered(replicas, what.which)?.pause(what.forMs);
    case 'databaseSleeps':
      return pauseDatabase(what.forMs);
    case 'kill':
      return numbered(replicas, what.which)?.killAndStart();
    default:
      return unreachable(what);
  }
}

/** One that lives, if there is any. */
function sessionOf(sessions: readonly KnownSession[], number: number): KnownSession | undefined {
  const living = sessions.filter(({ endedAt }) => endedAt === null);
  return numbered(living.length > 0 ? living : sessions, number);
}

function numbered<Item>(list: readonly Item[], number: number): Item | undefined {
  return list[number % list.length];
}

function unreachable(value: never): never {
  throw new Error(`Unexpected: ${JSON.stringify(value)}`);
}
