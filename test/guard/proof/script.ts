import fc from 'fast-check';
import type { WireMode } from './wire.js';

/** What happens, step after step; the acts of a step at the same time. Numbers pick among what there is. */
export interface Script {
  /** How many of FusionAuth's webhooks are lost, in percent. The others come once or several times, in any order. */
  readonly lostPercent: number;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly acts: readonly Act[];
  readonly disturbance: Disturbance | null;
}

export type Act =
  | { readonly kind: 'signIn' | 'revokeUser'; readonly user: number; readonly replica: number }
  | { readonly kind: 'enforce'; readonly user: number; readonly replica: number }
  | { readonly kind: 'revoke'; readonly session: number; readonly replica: number }
  /** At FusionAuth, by somebody who does not know this service. */
  | { readonly kind: 'foreign'; readonly session: number };

export type Disturbance =
  | { readonly kind: 'wire'; readonly mode: WireMode; readonly guard: number; readonly forMs: number }
  /** A process gets no time. */
  | {
      readonly kind: 'guardSleeps' | 'serviceSleeps' | 'databaseSleeps';
      readonly which: number;
      readonly forMs: number;
    }
  | { readonly kind: 'kill'; readonly which: number };

/** Few users come again and again, and many once or twice. */
const number = fc.oneof(fc.nat(7), fc.nat(1_000));
const which = fc.nat(1);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('signIn' as const), user: number, replica: which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('enforce' as const), user: number, replica: which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke' as const), session: number, replica: which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('foreign' as const), session: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revokeUser' as const), user: number, replica: which }) },
);

/** Shorter and longer than the lease and the tolerance of the guards. */
const forMs = fc.integer({ min: 100, max: 4_000 });
const mode = fc.constantFrom<WireMode>('dropping', 'slow', 'halfOpen', 'frozen');
const sleeper = fc.constantFrom('guardSleeps' as const, 'serviceSleeps' as const, 'databaseSleeps' as const);
const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wire' as const), mode, guard: which, forMs }) },
  { weight: 3, arbitrary: fc.record({ kind: sleeper, which, forMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), which }) },
);

export function scriptOf(lostPercent: fc.Arbitrary<number>, steps: number): fc.Arbitrary<Script> {
  return fc.record({
    lostPercent,
    steps: fc.array(
      fc.record({
        acts: fc.array(act, { minLength: 4, maxLength: 12 }),
        disturbance: fc.option(disturbance, { freq: 2 }),
      }),
      { minLength: steps, maxLength: steps },
    ),
  });
}
