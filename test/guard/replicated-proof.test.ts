import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { play } from './proof/play.js';
import { scriptOf } from './proof/script.js';
import { startWorld, type World } from './proof/world.js';

/** How many scripts are played for each share of lost webhooks, of about ten seconds each. GUARD_SEED repeats some. */
const wanted = process.env['GUARD_SCRIPTS'];
const scripts = Number(wanted ?? 1);
const stepsEach = wanted === undefined ? 6 : 15;
const seed = Number(process.env['GUARD_SEED'] ?? Date.now() % 2 ** 31);
const lostPercents = wanted === undefined ? [0, 100] : [0, 1, 10, 100];

// A build may come first, on a machine that has others to do.
vi.setConfig({ testTimeout: 120_000 + scripts * 120_000, hookTimeout: 300_000 });

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

it.each(lostPercents)(
  'accepts no session longer after its end than the lease, and refuses none that lives, whatever stands still or breaks, with %i percent of webhooks lost',
  async (lostPercent) => {
    const ended = () => world.sessions.filter(({ endedAt }) => endedAt !== null).length;
    const endedBefore = ended();
    await fc.assert(
      fc.asyncProperty(scriptOf(fc.constant(lostPercent), stepsEach), (script) => play(world, script)),
      // Another try would take as long again, and meet another order.
      { numRuns: scripts, seed, endOnFailure: true, interruptAfterTimeLimit: 100_000 + scripts * 120_000 },
    );
    expect(ended()).toBeGreaterThan(endedBefore);
    if (wanted === undefined) return;
    process.stdout.write(
      `${JSON.stringify({ seed, lostPercent, sessions: world.sessions.length, ended: ended(), ...world.hub.tally })}\n`,
    );
  },
);
