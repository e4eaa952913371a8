import { serverLabels } from '../processes/servers.js';
import type { BenchResults } from '../run.js';
import { ratioOf } from '../scenarios/list.js';
import { decimal, ratio, whole } from './format.js';
import { obstacles } from './obstacles.js';

/** What the service is meant to reach, as figures of one run. */
export interface Target {
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** What stands in the way, where it is missed. */
  readonly obstacle: string;
}

export function judgeTargets(results: BenchResults): Target[] {
  return [
    ...throughputTargets(results),
    cpuTarget(results),
    ...enforcementTargets(results),
    ...adminPageTargets(results),
    stormTarget(results),
    soakTarget(results),
  ];
}

function throughputTargets({ list }: BenchResults): Target[] {
  return (['rest', 'floor', 'mercurius', 'yoga', 'apollo'] as const).map((peer) => {
    const value = ratioOf(list, 'requestsPerSecond', ['ours', peer]);
    return {
      goal: `List throughput at least that of: ${serverLabels[peer]}`,
      measured: ratio(value),
      isMet: value >= 1,
      obstacle: obstacles.list,
    };
  });
}

function cpuTarget({ list }: BenchResults): Target {
  const value = ratioOf(list, 'cpuMicrosPerRequest', ['ours', 'floor']);
  return {
    goal: 'CPU time per list at most 1.3 × that of the floor',
    measured: ratio(value),
    isMet: value <= 1.3,
    obstacle: obstacles.list,
  };
}

const allowedOverheadMs = 3;

function enforcementTargets({ enforce, settings }: BenchResults): Target[] {
  return settings.surplusSessions.map((surplus) => {
    const overheads = enforce
      .filter((result) => result.surplus === surplus)
      .map(({ latencyMs, ways, roundTripMs }) => ({ latencyMs, overheadMs: ways.ours.p50Ms - 2 * roundTripMs }));
    return {
      goal: `Enforcing with ${surplus} too many: p50 at most 2 round trips + ${allowedOverheadMs} ms`,
      measured: overheads
        .map(
          ({ latencyMs, overheadMs }) =>
            `${overheadMs < 0 ? '−' : '+'}${decimal(Math.abs(overheadMs))} ms at ${latencyMs} ms`,
        )
        .join(', '),
      isMet: overheads.every(({ overheadMs }) => overheadMs <= allowedOverheadMs),
      obstacle: obstacles.enforce,
    };
  });
}

function adminPageTargets({ adminPage }: BenchResults): Target[] {
  return adminPage
    .filter(({ latencyMs }) => latencyMs === 0)
    .map(({ sessionsEach, ours, withoutLoaders }) => ({
      goal: `Admin page with ${sessionsEach} sessions each: at most 1/20 of the calls without loaders`,
      measured: `1/${decimal(withoutLoaders.upstreamCalls / ours.upstreamCalls)}`,
      isMet: ours.upstreamCalls * 20 <= withoutLoaders.upstreamCalls,
      obstacle: obstacles.adminPage,
    }));
}

function stormTarget({ loginStorm }: BenchResults): Target {
  const users = loginStorm.find(({ way }) => way === 'ours')?.users ?? { withOne: 0, withNone: 0, withMore: 0 };
  const all = users.withOne + users.withNone + users.withMore;
  return {
    goal: 'Login storm: exactly one session is left to each user',
    measured: `${whole(users.withOne)} of ${whole(all)} users`,
    isMet: all > 0 && users.withOne === all,
    obstacle: obstacles.storm,
  };
}

function soakTarget({ soak }: BenchResults): Target {
  return {
    goal: 'The heap stays flat under load',
    measured: `${soak.heapGrowthBytes < 0 ? '−' : '+'}${whole(Math.abs(soak.heapGrowthBytes) / 1_024)} KiB`,
    isMet: soak.isFlat,
    obstacle: obstacles.soak,
  };
}
