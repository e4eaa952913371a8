import type { Child } from '../processes/child.js';
import type { BenchSettings } from '../settings.js';
import { median, percentile } from './statistics.js';

/** One operation, from sending it until its answer has been read. @throws an Error unless it did what it is for. */
export type Operation = () => Promise<unknown>;

/** One of several servers, or kinds of operation, that are compared. */
export interface Side {
  readonly label: string;
  /** How large what is compared is here, where that is a number. */
  readonly size?: number;
  /** Whose CPU time counts. */
  readonly child: Child;
  /** So many operations, each of which runs once; what they need is made here and does not count. */
  readonly prepare: (count: number) => Promise<readonly Operation[]>;
}

export interface Comparison {
  readonly what: string;
  /** The first is the one that the others are compared with. */
  readonly sides: readonly ComparedSide[];
}

export interface ComparedSide {
  readonly label: string;
  readonly size: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the service, for one operation. */
  readonly cpuMicros: number;
  /** How many times the first side's it is: the medians over the rounds of how they compare within a round. */
  readonly timeRatio: number;
  readonly cpuRatio: number;
  /** What it takes more than the first side, at the median. */
  readonly addedMs: number;
}

export interface ComparisonOptions {
  readonly what: string;
  readonly sides: readonly Side[];
  /** At the same time. One shows how long an operation takes; several, how much a server gets done. */
  readonly connections: number;
  /** For each side in each round. */
  readonly operations: number;
  readonly settings: BenchSettings;
}

interface Round {
  readonly microsEach: number;
  readonly cpuMicros: number;
  readonly timesMs: readonly number[];
}

/** All sides take turns within each round, another one first in each, so that what else the machine does befalls all. */
export async function compare({ what, sides, settings, ...load }: ComparisonOptions): Promise<Comparison> {
  const { comparisonRounds, comparisonWarmUp } = settings;
  const rounds = new Map<Side, Round[]>(sides.map((side) => [side, []]));
  // Eight at once: what warms up is the compiler of the runtime, which counts calls.
  for (const side of sides) await run(side, { connections: 8, operations: comparisonWarmUp });
  for (let round = 0; round < comparisonRounds; round++) {
    const first = round % sides.length;
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) rounds.get(side)?.push(await run(side, load));
  }
  const roundsOf = (side: Side | undefined) => (side === undefined ? [] : (rounds.get(side) ?? []));
  const reference = roundsOf(sides[0]);
  const p50Of = (some: readonly Round[]) => median(some.flatMap(({ timesMs }) => timesMs));
  const compared = sides.map((side): ComparedSide => {
    const own = roundsOf(side);
    const timesMs = own.flatMap((round) => round.timesMs);
    const ratioOf = (figure: 'microsEach' | 'cpuMicros') =>
      median(own.map((round, index) => round[figure] / (reference[index]?.[figure] ?? Number.NaN)));
    return {
      label: side.label,
      size: side.size ?? null,
      p50Ms: median(timesMs),
      p99Ms: percentile(timesMs, 99),
      cpuMicros: median(own.map(({ cpuMicros }) => cpuMicros)),
      timeRatio: ratioOf('microsEach'),
      cpuRatio: ratioOf('cpuMicros'),
      addedMs: median(timesMs) - p50Of(reference),
    };
  });
  return { what, sides: compared };
}

async function run(
  { child, prepare }: Side,
  { connections, operations }: Pick<ComparisonOptions, 'connections' | 'operations'>,
): Promise<Round> {
  const waiting = (await prepare(operations)).values();
  const timesMs: number[] = [];
  const before = await child.usage();
  const startedAt = performance.now();
  const work = async () => {
    for (const operation of waiting) {
      const sentAt = performance.now();
      await operation();
      timesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const elapsedMs = performance.now() - startedAt;
  const { cpuMicros } = await child.usage();
  return {
    timesMs,
    microsEach: (elapsedMs * 1_000) / timesMs.length,
    cpuMicros: (cpuMicros - before.cpuMicros) / timesMs.length,
  };
}
