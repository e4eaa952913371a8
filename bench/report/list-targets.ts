import { serverLabels } from '../processes/servers.js';
import type { With } from '../results.js';
import { ratioOf } from '../scenarios/list.js';
import { ratio } from './format.js';
import { obstacles } from './obstacles.js';
import type { Target } from './targets.js';

/** How many times as many lists a second as each of them the service is meant to answer. */
const leastThroughput = { floor: 0.9, mercurius: 1.6, yoga: 3, apollo: 4, rest: 1.4 } as const;

const mostCpu = 1.1;

export function listTargets({ list }: With<'list'>): Target[] {
  const obstacle = obstacles.list;
  const peers = Object.keys(leastThroughput) as (keyof typeof leastThroughput)[];
  const throughput = peers.map((peer) => {
    const value = ratioOf(list, 'requestsPerSecond', ['ours', peer]);
    return {
      goal: `List throughput at least ${leastThroughput[peer]} × that of: ${serverLabels[peer]}`,
      measured: ratio(value),
      isMet: value >= leastThroughput[peer],
      obstacle,
    };
  });
  const cpu = ratioOf(list, 'cpuMicrosPerRequest', ['ours', 'floor']);
  const goal = `CPU time per list at most ${mostCpu} × that of the floor`;
  return [...throughput, { goal, measured: ratio(cpu), isMet: cpu <= mostCpu, obstacle }];
}
