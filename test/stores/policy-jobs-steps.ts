import fc from 'fast-check';
import type { PolicyTrigger } from '../../src/domain/policy-trigger.js';
import type { ClaimedPolicyJob, NextPolicyRun, PolicyJobs } from '../../src/domain/ports/policy-jobs.js';
import { requestOf } from '../support/policy-requests.js';

type Step =
  | {
      readonly kind: 'schedule';
      readonly trigger: PolicyTrigger;
      readonly at: number | null;
      readonly isLater: boolean;
    }
  | { readonly kind: 'claim' }
  | { readonly kind: 'settle'; readonly next: NextPolicyRun | null }
  | { readonly kind: 'revive' };

/** A day or nothing: what is due does not depend on how long a step takes. */
const laterMs = 86_400_000;

const awaitedSignIns = fc
  .uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 })
  .map((all) => all.sort().map((at) => ({ key: `${at}`, at })));

export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('schedule' as const),
    trigger: fc.constantFrom('signIn' as const, 'refresh' as const, 'sweep' as const),
    at: fc.option(fc.integer({ min: 0, max: 5 })),
    isLater: fc.boolean(),
  }),
  fc.constant({ kind: 'claim' as const }),
  fc.record({
    kind: fc.constant('settle' as const),
    next: fc.option(
      fc.record({
        afterMs: fc.constantFrom(0, laterMs),
        awaited: awaitedSignIns,
        looks: fc.integer({ min: 0, max: 3 }),
        attempts: fc.integer({ min: 0, max: 2 }),
        isDead: fc.boolean(),
      }),
    ),
  }),
  fc.constant({ kind: 'revive' as const }),
);

/** Plays a history, and says what every claim has shown. */
export async function play(jobs: PolicyJobs, steps: readonly Step[]): Promise<readonly unknown[]> {
  const shown: unknown[] = [];
  let running: ClaimedPolicyJob | null = null;
  const claim = async () => {
    const { jobs: claimed } = await jobs.claim({ live: 1, background: 1 });
    shown.push(
      claimed.map(({ claim: _, overdueMs: __, triggers, ...job }) => ({ ...job, triggers: [...triggers].sort() })),
    );
    return claimed[0] ?? null;
  };
  for (const one of [...steps, { kind: 'claim' } as const]) {
    switch (one.kind) {
      case 'schedule': {
        const awaited = one.at === null ? null : { key: `${one.at}`, at: one.at };
        await jobs.schedule([requestOf(1, { trigger: one.trigger, awaited, afterMs: one.isLater ? laterMs : 0 })]);
        break;
      }
      case 'claim':
        running = (await claim()) ?? running;
        break;
      case 'settle':
        if (running !== null) await jobs.settle(running, one.next);
        running = null;
        break;
      case 'revive':
        shown.push(await jobs.revive());
        break;
    }
  }
  return shown;
}
