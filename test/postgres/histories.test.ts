import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestUser, type SignedIn, type TestUser } from '../support/users.js';
import { check, expectAllRun } from './histories/check.js';
import { type Cluster, startCluster } from './histories/cluster.js';
import { play } from './histories/play.js';
import { newTally, type Tally } from './histories/played.js';
import { type Round, roundOf } from './histories/script.js';
import { surely } from './histories/surely.js';

/**
 * How many histories are played: a quarter of a second each, and more with each kill. REPLICA_SEED repeats some.
 * REPLICA_VERSION_BEFORE names the dist/main.js of another version, which the third replica runs until it is killed.
 * REPLICA_THROUGH_PGBOUNCER=1 puts a pooler of transactions in front of the database.
 * REPLICA_CLOCKS_APART_MS puts the clock of the first one ahead, and that of the second one behind.
 * REPLICA_DATABASE_UNREST=1 has nothing happen to machines but what is done to the database.
 */
const wanted = process.env['REPLICA_HISTORIES'];
const histories = Number(wanted ?? 36);
/** How many run side by side. */
const perRound = 6;
const rounds = surely.length + Math.ceil(histories / perRound);
const seed = Number(process.env['REPLICA_SEED'] ?? Date.now() % 2 ** 31);

// A build may come first, on a machine that has others to do.
vi.setConfig({ testTimeout: 60_000 + rounds * 20_000, hookTimeout: 300_000 });

let cluster: Cluster;
let bystander: TestUser;
let signIn: SignedIn;

beforeAll(async () => {
  cluster = await startCluster();
  bystander = createTestUser(cluster.emulator, [cluster.shop], { sessions: 3 });
  signIn = await bystander.login();
  // Whoever has an event can come back after it.
  const { follower, call, emulator, shop } = cluster;
  const { sessions } = createTestUser(emulator, [shop], { sessions: 200 });
  for (const { id } of sessions) {
    if (follower.events.size > 0) break;
    await call('desk', 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
    await delay(50);
  }
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

async function playAndCheck(round: Round, tally: Tally): Promise<void> {
  const played = await play(cluster, round, tally);
  await check(cluster, played, tally);
}

// A seed repeats the histories; which of the calls under way at once is faster is up to the sockets.
it('whatever happens to which replica, the right sessions end, and each end is published once and known everywhere', async ({
  onTestFailed,
}) => {
  onTestFailed(() => {
    process.stderr.write(`REPLICA_SEED=${seed} REPLICA_HISTORIES=${histories} plays the same\n`);
  });
  const tally = newTally();
  await fc.assert(
    fc.asyncProperty(roundOf(perRound), async (round) => {
      // What a process has left undone that ended by itself is no fault of its own.
      await playAndCheck(round, tally).finally(() => expectAllRun(cluster));
      if (wanted !== undefined) process.stderr.write(`${JSON.stringify(tally)}\n`);
    }),
    {
      numRuns: rounds,
      examples: surely.map((round) => [round]),
      seed,
      // Another try would take as long again, and meet another order.
      endOnFailure: true,
      interruptAfterTimeLimit: 50_000 + rounds * 20_000,
    },
  );
  expect(bystander.liveIds(), 'nobody else is touched').toHaveLength(4);
  for (const guard of cluster.guards) expect((await guard.check(signIn.token)).ok).toBe(true);
  const { hub, follower } = cluster;
  if (wanted !== undefined) {
    process.stdout.write(`${JSON.stringify({ ...tally, ...hub.tally, comebacks: follower.comebacks })}\n`);
  }
  // What the histories are meant to provoke did happen.
  expect(tally.ended).toBeGreaterThan(0);
  expect(tally.kills + tally.outages).toBeGreaterThan(0);
  expect(hub.tally.lost).toBeGreaterThan(0);
});
