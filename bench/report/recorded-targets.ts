import { type BenchResults, has } from '../results.js';
import { obstacles } from './obstacles.js';
import type { Target } from './targets.js';

/**
 * Figures that were measured by hand or in CI, and that no run of the benchmark measures again. Stated by a whole run,
 * with the version that was measured.
 */
export function recordedTargets(results: BenchResults): Target[] {
  if (!has(results, 'startUp', 'list', 'loginStorm', 'soak')) return [];
  return [
    {
      goal: 'Login storm: enforcements per second on one core at least 1.5 × those of commit 4c1cbb8',
      measured: `1.01 × (${recorded('12d33e6', '2026-11-28')}, both side by side)`,
      isMet: false,
      obstacle: obstacles.stormCpu,
    },
    {
      goal: '`npm test` on two cores: at most 3 minutes',
      measured: `6.3 min (${recorded('7bdd7cd', '2026-11-28')}, 6,864 tests)`,
      isMet: false,
      obstacle: obstacles.tests,
    },
    {
      goal: '`.ci/run`: at most 15 minutes',
      measured: `14 min (${recorded('7bdd7cd', '2026-11-28')})`,
      isMet: true,
      obstacle: obstacles.tests,
    },
  ];
}

/** The version that was measured, and its day. */
function recorded(version: string, day: string): string {
  return `recorded, not of this run: ${version} of ${day}`;
}
