import type { LoadRequest } from '../load/closed-loop.js';
import { type Comparison, compare } from '../load/in-turn.js';
import { adminPageRequest, listRequest } from '../load/operations.js';
import { send } from '../load/send.js';
import { median } from '../load/statistics.js';
import { enforceSide } from '../load/usual-sides.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import type { RunningServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

/** How the cost of an operation grows with its size. */
export interface GrowthResult {
  readonly what: string;
  /** CPU time of the service for one operation, in microseconds, by size. */
  readonly steps: readonly { readonly size: number; readonly cpuMicros: number }[];
  /** Of the power of the size by which the cost grows over the larger half of the steps: 1 is proportional. */
  readonly exponent: number;
}

/** Operations at the same time. */
const connections = 4;

export const enforcementGrowth = 'enforcement that ends so many sessions';

/** Lists of users with more sessions each, pages of more users, and enforcements that end more sessions. */
export async function measureGrowth(
  emulator: EmulatorProcess,
  server: RunningServer,
  settings: BenchSettings,
): Promise<GrowthResult[]> {
  await emulator.setLatency(0);
  const lists = await stepsOf([1, 10, 100, 1_000], async (sessions) => {
    const users = await emulator.addUsers(2, sessions);
    return cpuMicros(
      server,
      users.map(({ id }) => listRequest(server, id)),
      settings,
    );
  });
  const pages = await stepsOf([1, 10, 100], async (count) => {
    const users = await emulator.addUsers(count, 3);
    return cpuMicros(
      server,
      [
        adminPageRequest(
          server,
          users.map(({ id }) => id),
        ),
      ],
      settings,
    );
  });
  const enforcements = await compare({
    what: enforcementGrowth,
    sides: [1, 10, 25].map((size) => ({ ...enforceSide({ label: '', server, emulator }, size), size })),
    connections,
    operations: settings.comparedWrites,
    // What one more deletion costs is a small difference of sums that scatter by a third from round to round.
    settings: { ...settings, comparisonRounds: settings.comparisonRounds * 3 },
  });
  return [
    ...growthOf([enforcements]),
    { what: 'list of a user with so many sessions', steps: lists, exponent: exponentOf(lists) },
    { what: 'page of so many users with 3 sessions each', steps: pages, exponent: exponentOf(pages) },
  ];
}

/** Of what was compared at several sizes. */
export function growthOf(comparisons: readonly Comparison[]): GrowthResult[] {
  return comparisons.map(({ what, sides }) => {
    const steps = sides.flatMap(({ size, cpuMicros }) => (size === null ? [] : [{ size, cpuMicros }]));
    // Within a round, the machine is as fast for one size as for another.
    const ratios = sides.flatMap(({ size, cpuRatio }) => (size === null ? [] : [{ size, cpuMicros: cpuRatio }]));
    return { what, steps, exponent: exponentOf(ratios) };
  });
}

async function stepsOf(sizes: readonly number[], measure: (size: number) => Promise<number>) {
  const steps: { size: number; cpuMicros: number }[] = [];
  for (const size of sizes) steps.push({ size, cpuMicros: await measure(size) });
  return steps;
}

/** For some time and, however long operations take, at least once. */
async function cpuMicros(
  { url, child }: RunningServer,
  requests: readonly LoadRequest[],
  { callSeconds }: BenchSettings,
): Promise<number> {
  const load = async () => {
    const endsAt = performance.now() + callSeconds * 1_000;
    let count = 0;
    do {
      const wave = Array.from({ length: connections }, (_, index) => requests[index % requests.length]);
      await Promise.all(wave.map((request) => (request === undefined ? null : send(url, request))));
      count += connections;
    } while (performance.now() < endsAt);
    return count;
  };
  await load();
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) {
    const before = await child.usage();
    const count = await load();
    rounds.push(((await child.usage()).cpuMicros - before.cpuMicros) / count);
  }
  return median(rounds);
}

/** By least squares over the logarithms of the last steps. What every operation costs hides the growth of the first ones. */
export function exponentOf(steps: GrowthResult['steps']): number {
  const points = steps
    .slice(-Math.max(2, Math.ceil(steps.length / 2)))
    .map((step) => [Math.log(step.size), Math.log(step.cpuMicros)] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([size]) => size)), mean(points.map(([, cost]) => cost))];
  const covariance = points.reduce((sum, [size, cost]) => sum + (size - x) * (cost - y), 0);
  return covariance / points.reduce((sum, [size]) => sum + (size - x) ** 2, 0);
}
