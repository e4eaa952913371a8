import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/policies.js';
import { type DeniedScene, type DeniedUser, startDeniedScene } from './denied-sign-ins.js';

/**
 * Random histories of sign-ins that FusionAuth asks about, while sessions end by every way, the policy changes, lists fail
 * and replicas lose their database. However its question gets to which replica, there are never more sessions than the
 * policy allows, and nobody is kept out for whom there is a place. More of them with DENIAL_HISTORIES=200.
 */
const numRuns = Number(process.env['DENIAL_HISTORIES'] ?? 8);

let scene: DeniedScene;
beforeAll(async () => {
  scene = await startDeniedScene();
}, 60_000);
afterAll(() => scene?.[Symbol.asyncDispose]());

const number = fc.nat(9);
const asked = fc.constantFrom('once', 'once', 'twice', 'later', 'unanswered', 'unseen');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('signIn' as const), asked, number, inMs: fc.nat(120) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('giveUp' as const), asked, number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('appear' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('revoke' as const, 'logout' as const), number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('enforce' as const), number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('rotate' as const, 'elsewhere' as const), number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('policy' as const), allow: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('failList' as const, 'cut' as const), number }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

async function perform(user: DeniedUser, one: Step): Promise<void> {
  switch (one.kind) {
    case 'signIn':
      await delay(one.inMs);
      await user.signIn({ asked: one.asked, replica: one.number, makesSession: true });
      return;
    case 'giveUp':
      await user.signIn({ asked: one.asked, replica: one.number, makesSession: false });
      return;
    case 'appear':
      user.appear();
      return;
    case 'revoke':
      return user.revoke(one.number);
    case 'logout':
      return user.logout(one.number);
    case 'enforce':
      return user.enforce(one.number);
    case 'rotate':
      return user.rotate(one.number);
    case 'elsewhere':
      return user.signInElsewhere();
    case 'policy':
      scene.allow(one.allow);
      return;
    case 'failList':
      scene.failOneList();
      return;
    case 'cut':
      scene.cut(one.number);
      return;
  }
}

const waves = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 5 });

it(
  'never more sessions than allowed, and nobody kept out who has a place, however FusionAuth asks whom',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(waves, { minLength: 3, maxLength: 3 }), async (histories) => {
        scene.begin();
        const users = histories.map(() => scene.user());
        const length = Math.max(...histories.map((one) => one.length));
        for (let wave = 0; wave < length; wave++) {
          scene.beginWave();
          for (const user of users) user.beginWave();
          await Promise.all(
            users.map(async (user, index) => {
              await Promise.all((histories[index]?.[wave] ?? []).map((one) => perform(user, one)));
            }),
          );
          for (const user of users) {
            expect(user.surplus, 'no session beyond what is allowed').toEqual([]);
            expect(user.wronglyRefused(), 'nobody is kept out for whom there is a place').toBe(0);
          }
        }
        await scene.settle();
        await Promise.all(users.map(expectPlacesFilled));
      }),
      { numRuns, endOnFailure: true },
    );
    if (process.env['DENIAL_HISTORIES'] !== undefined) process.stdout.write(`${JSON.stringify(scene.tally)}\n`);
    expect(scene.tally.admitted).toBeGreaterThan(0);
    expect(scene.tally.refused).toBeGreaterThan(0);
  },
  300_000 + numRuns * 5_000,
);

/** Nothing is under way and no place is kept: there is room for as many as the policy allows, again and again. */
async function expectPlacesFilled(user: DeniedUser): Promise<void> {
  const signIn = () => user.signIn({ asked: 'once', replica: user.live().length, makesSession: true });
  const room = Math.max(0, scene.allowed - user.live().length);
  const statuses: number[] = [];
  for (let count = 0; count < room + 2; count++) statuses.push(await signIn());
  expect(statuses).toEqual([...Array(room).fill(200), 504, 504]);
  while (user.live().length >= scene.allowed) await user.logout(0);
  // As soon as the policy has looked at the sessions that took the places.
  await until(async () => (await signIn()) === 200);
  expect(user.live()).toHaveLength(scene.allowed);
  await until(() => user.liveElsewhere() <= 2);
}
