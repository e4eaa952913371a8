import type { BenchResults } from '../results.js';
import { exponentOf, type GrowthResult, growthOf } from '../scenarios/growth.js';

export interface JudgedGrowth extends GrowthResult {
  /** The largest exponent that is still well. */
  readonly most: number;
}

/** Proportional, and as much as two points of one run scatter. */
const proportional = 1.05;
/** Not at all, and as much as two points of one run scatter. */
const flat = 0.05;

/** All that was measured at several sizes. */
export function growths(results: BenchResults): JudgedGrowth[] {
  const { growth = [], policies = [], applications = [], revocationsHeld = [], guard } = results;
  const judged = (some: readonly GrowthResult[], by: string, most: number) =>
    some.map((one) => ({ ...one, what: by === '' ? one.what : `${one.what}, by ${by}`, most }));
  const steps = (guard?.lookUps ?? []).map(({ revocations, nanoseconds }) => ({
    size: revocations,
    cpuMicros: nanoseconds / 1_000,
  }));
  const lookUps = { what: '`isRevoked` of the guard, by revocations', steps };
  return [
    ...judged(growth, '', proportional),
    ...judged(growthOf(policies), 'rules of the policy', proportional),
    ...judged(growthOf(applications), 'applications and tenants', flat),
    ...judged(growthOf(revocationsHeld), 'revocations held', flat),
    ...(steps.length === 0 ? [] : judged([{ ...lookUps, exponent: exponentOf(steps) }], '', proportional)),
  ];
}
