import { checkBesideVerify, type GuardCheck } from './check.js';
import { lookUp } from './look-up.js';

/** Measures the guard in a process of its own, and says what it found. */
const rounds = Number(process.env['BENCH_ROUNDS']);
const lookUps = [10, 1_000, 100_000, 1_000_000].map(lookUp);
const checks: GuardCheck[] = [];
for (const revocations of [0, 1_000_000])
  for (const hasSeenToken of [false, true]) checks.push(await checkBesideVerify({ revocations, hasSeenToken, rounds }));
process.send?.({ lookUps, checks });
