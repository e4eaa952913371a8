import { type BenchResults, has, type With } from '../results.js';
import { decimal, whole } from './format.js';
import { listTargets } from './list-targets.js';
import { costTargets } from './more-targets.js';
import { obstacles } from './obstacles.js';
import { recordedTargets } from './recorded-targets.js';

/** What the service is meant to reach, as figures of one run. */
export interface Target {
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** What stands in the way, where it is missed. */
  readonly obstacle: string;
}

/** Those of the scenarios that have run. */
export function judgeTargets(results: BenchResults): Target[] {
  return [
    ...(has(results, 'list') ? listTargets(results) : []),
    ...(has(results, 'enforce') ? enforcementTargets(results) : []),
    ...costTargets(results),
    ...(has(results, 'adminPage') ? adminPageTargets(results) : []),
    ...(has(results, 'loginStorm') ? [stormTarget(results)] : []),
    ...(has(results, 'soak') ? [soakTarget(results)] : []),
    ...recordedTargets(results),
  ];
}

/** Where the overhead of the service is judged, in milliseconds that each call to FusionAuth takes. */
const judgedLatencyMs = 5;

function enforcementTargets({ enforce }: With<'enforce'>): Target[] {
  return enforce
    .filter(({ latencyMs }) => latencyMs === judgedLatencyMs)
    .map(({ surplus, ways }) => {
      const allowedMs = surplus <= 10 ? 1.2 : 2;
      const addedMs = ways.ours.p50Ms - ways.bare.p50Ms;
      return {
        goal: `Enforcing with ${surplus} too many at ${judgedLatencyMs} ms: p50 at most ${allowedMs} ms above bare undici in the process`,
        measured: milliseconds(addedMs),
        isMet: addedMs <= allowedMs,
        obstacle: obstacles.enforce,
      };
    });
}

function adminPageTargets({ adminPage }: With<'adminPage'>): Target[] {
  return adminPage
    .filter(({ latencyMs }) => latencyMs === 0)
    .map(({ sessionsEach, ours, withoutLoaders }) => ({
      goal: `Admin page with ${sessionsEach} sessions each: at most 1/20 of the calls without loaders`,
      measured: `1/${decimal(withoutLoaders.upstreamCalls / ours.upstreamCalls)}`,
      isMet: ours.upstreamCalls * 20 <= withoutLoaders.upstreamCalls,
      obstacle: obstacles.adminPage,
    }));
}

function stormTarget({ loginStorm }: With<'loginStorm'>): Target {
  const users = loginStorm.find(({ way }) => way === 'ours')?.users ?? { withOne: 0, withNone: 0, withMore: 0 };
  const all = users.withOne + users.withNone + users.withMore;
  return {
    goal: 'Login storm: exactly one session is left to each user',
    measured: `${whole(users.withOne)} of ${whole(all)} users`,
    isMet: all > 0 && users.withOne === all,
    obstacle: obstacles.storm,
  };
}

function soakTarget({ soak }: With<'soak'>): Target {
  return {
    goal: 'The heap stays flat under load',
    measured: `${soak.heapGrowthBytes < 0 ? '−' : '+'}${whole(Math.abs(soak.heapGrowthBytes) / 1_024)} KiB`,
    isMet: soak.isFlat,
    obstacle: obstacles.soak,
  };
}

export function milliseconds(added: number): string {
  return `${added < 0 ? '−' : '+'}${Math.abs(added).toFixed(2)} ms`;
}
