import { type BenchResults, has } from '../results.js';
import { obstacles } from './obstacles.js';
import type { Target } from './targets.js';

/** The version whose figures these are, and its day. */
const recorded = { version: '26c6a38', day: '2026-11-27' } as const;

/**
 * Figures that were measured by hand or in CI, and that no run of the benchmark measures again. Stated by a whole run,
 * with the version that was measured.
 */
export function recordedTargets(results: BenchResults): Target[] {
  if (!has(results, 'startUp', 'list', 'loginStorm', 'soak')) return [];
  const source = `recorded, not of this run: ${recorded.version} of ${recorded.day}`;
  return [
    {
      goal: 'Login storm: enforcements per second on one core at least 1.5 × those of commit 4c1cbb8',
      measured: `0.90 to 1.02 × (${source}, both side by side)`,
      isMet: false,
      obstacle: obstacles.stormCpu,
    },
    {
      goal: '`npm test` on two cores: at most 3 minutes',
      measured: `4.9 min (${source}, 6,134 tests)`,
      isMet: false,
      obstacle: obstacles.tests,
    },
    {
      goal: '`.ci/run`: at most 15 minutes',
      measured: `10 min (${source})`,
      isMet: true,
      obstacle: obstacles.tests,
    },
  ];
}
