import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planEnforcement, type SessionLimit } from '../../src/domain/enforcement-plan.js';
import { newestFirst, type Session } from '../../src/domain/session.js';
import { anyLimit, anySessions, ids } from '../support/sessions.js';

/** What any number of logins and enforcements do, one step after the other, as chance interleaves them. */
type Step =
  | { readonly kind: 'login' }
  /** An enforcement lists and plans. What it leaves out had not reached the replica it read from. */
  | { readonly kind: 'list'; readonly leavesOut: number }
  /** One of the enforcements that have listed revokes the next session of its plan. */
  | { readonly kind: 'revoke'; readonly pick: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ kind: 'login' } as const),
  fc.record({ kind: fc.constant('list' as const), leavesOut: fc.nat(3) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('revoke' as const), pick: fc.nat() }) },
);

interface World {
  readonly live: Session[];
  readonly revoked: Session[];
}

function run(logins: readonly Session[], steps: readonly Step[], limit: SessionLimit): World {
  const waiting = [...logins].sort(newestFirst);
  const live: Session[] = [];
  const revoked: Session[] = [];
  const plans: Session[][] = [];

  const revoke = (session: Session | undefined) => {
    const index = live.findIndex(({ id }) => id === session?.id);
    if (index >= 0) revoked.push(...live.splice(index, 1));
  };
  const list = (leavesOut: number) => {
    const seen = [...live].sort(newestFirst).slice(leavesOut);
    plans.push([...planEnforcement(seen, limit).surplus]);
  };

  for (const step of steps) {
    if (step.kind === 'login') live.push(...waiting.splice(-1));
    else if (step.kind === 'list') list(step.leavesOut);
    else if (plans.length > 0) revoke(plans[step.pick % plans.length]?.shift());
  }
  // Everybody who had not signed in does, and everybody finishes. One enforcement lists after the last login.
  live.push(...waiting);
  list(0);
  for (const session of plans.flat()) revoke(session);
  return { live, revoked };
}

it('leaves exactly the newest after the last enforcement, however logins and enforcements interleave', () => {
  fc.assert(
    fc.property(anySessions(), fc.array(anyStep, { maxLength: 60 }), anyLimit(), (logins, steps, limit) => {
      const { live } = run(logins, steps, limit);
      const final = planEnforcement(logins, limit);
      expect([...ids(live)].sort()).toEqual([...ids(final.kept), ...ids(final.spared)].sort());
    }),
    { numRuns: 500 },
  );
});

it('never revokes one of the final newest on the way, even when lists lag behind', () => {
  fc.assert(
    fc.property(anySessions(), fc.array(anyStep, { maxLength: 60 }), anyLimit(), (logins, steps, limit) => {
      const { revoked } = run(logins, steps, limit);
      const finalNewest = new Set(ids(planEnforcement(logins, limit).kept));
      expect(ids(revoked).filter((id) => finalNewest.has(id))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
