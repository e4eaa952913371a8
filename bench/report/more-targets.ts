import type { ComparedSide, Comparison } from '../load/in-turn.js';
import { type BenchResults, has, type With } from '../results.js';
import { enforcementGrowth } from '../scenarios/growth.js';
import { decimal, mebibytes, ratio, whole } from './format.js';
import { growths } from './growths.js';
import { obstacles } from './obstacles.js';
import { milliseconds, type Target } from './targets.js';

/** Of what the service costs by itself, and as its surroundings grow. */
export function costTargets(results: BenchResults): Target[] {
  return [
    ...(has(results, 'growth') ? [deletionTarget(results)] : []),
    ...(has(results, 'startUp') ? startUpTargets(results) : []),
    ...(has(results, 'database') ? databaseTargets(results) : []),
    ...(has(results, 'fanOut') ? fanOutTargets(results) : []),
    ...(has(results, 'replicas') ? arrivalTargets(results) : []),
    ...(has(results, 'accessTokens') ? [accessTokenTarget(results)] : []),
    ...(has(results, 'guard') ? guardTargets(results) : []),
    ...growthTargets(results),
  ];
}

function deletionTarget({ growth }: With<'growth'>): Target {
  const steps = growth.find(({ what }) => what === enforcementGrowth)?.steps ?? [];
  const [least, most] = [steps.at(0), steps.at(-1)];
  const added = (most?.cpuMicros ?? Number.NaN) - (least?.cpuMicros ?? Number.NaN);
  const micros = added / ((most?.size ?? Number.NaN) - (least?.size ?? Number.NaN));
  return {
    goal: 'Enforcing: at most 120 µs of CPU time for each session more that ends',
    measured: `${whole(micros)} µs`,
    isMet: micros <= 120,
    obstacle: obstacles.deletion,
  };
}

function startUpTargets({ startUp }: With<'startUp'>): Target[] {
  const { startUpMs = Number.NaN, idleRssBytes = Number.NaN } = startUp.find(({ server }) => server === 'ours') ?? {};
  const obstacle = obstacles.startUp;
  const isSmall = idleRssBytes <= 90 * 1_024 ** 2;
  return [
    {
      goal: 'Start to listening: at most 350 ms',
      measured: `${whole(startUpMs)} ms`,
      isMet: startUpMs <= 350,
      obstacle,
    },
    { goal: 'Idle memory: at most 90 MiB', measured: mebibytes(idleRssBytes), isMet: isSmall, obstacle },
  ];
}

function databaseTargets({ database }: With<'database'>): Target[] {
  const { list, enforcements, commitMs } = database;
  const obstacle = obstacles.database;
  const { timeRatio } = shared(list);
  const allowedMs = commitMs + 1;
  return [
    {
      goal: 'With a database: a list is no slower, which noise of 3 % does not count as',
      measured: ratio(timeRatio),
      isMet: timeRatio <= 1.03,
      obstacle,
    },
    ...enforcements.map((comparison) => ({
      goal: `With a database: ${comparison.what}, at most one write to it and 1 ms more (${allowedMs.toFixed(2)} ms)`,
      measured: milliseconds(shared(comparison).addedMs),
      isMet: shared(comparison).addedMs <= allowedMs,
      obstacle,
    })),
  ];
}

function shared({ sides }: Comparison): ComparedSide {
  const [, side] = sides;
  if (side === undefined) throw new RangeError('Nothing was compared');
  return side;
}

function fanOutTargets({ fanOut: { subscribers, cpuMicrosPerDelivery, p99Ms } }: With<'fanOut'>): Target[] {
  const what = `An event to ${whole(subscribers)} subscribers of the same document:`;
  const obstacle = obstacles.fanOut;
  return [
    {
      goal: `${what} at most 30 µs of CPU time for each`,
      measured: `${decimal(cpuMicrosPerDelivery)} µs`,
      isMet: cpuMicrosPerDelivery <= 30,
      obstacle,
    },
    { goal: `${what} p99 below 40 ms`, measured: `${decimal(p99Ms)} ms`, isMet: p99Ms < 40, obstacle },
  ];
}

function arrivalTargets({ replicas: { sent, arrived, eventsPerSecond, p50Ms, p99Ms } }: With<'replicas'>): Target[] {
  const obstacle = obstacles.replicas;
  const what = `At ${whole(eventsPerSecond)} events a second,`;
  return [
    {
      goal: `${what} all reach the subscriber at another replica`,
      measured: `${whole(arrived)} of ${whole(sent)}`,
      isMet: arrived === sent,
      obstacle,
    },
    {
      goal: `${what} they get there with p50 below 5 ms`,
      measured: `${decimal(p50Ms)} ms`,
      isMet: p50Ms < 5,
      obstacle,
    },
    {
      goal: `${what} they get there with p99 below 25 ms`,
      measured: `${decimal(p99Ms)} ms`,
      isMet: p99Ms < 25,
      obstacle,
    },
  ];
}

function accessTokenTarget({ accessTokens }: With<'accessTokens'>): Target {
  return {
    goal: 'A call with an access token: at most 1.15 × the CPU time of one with a service key',
    measured: ratio(accessTokens.ratio),
    isMet: accessTokens.ratio <= 1.15,
    obstacle: obstacles.accessTokens,
  };
}

function guardTargets({ guard: { checks } }: With<'guard'>): Target[] {
  const obstacle = obstacles.guard;
  const besideVerify = checks.map(({ revocations, hasSeenToken, ratio: value }) => {
    const token = hasSeenToken ? 'a token that comes again' : 'a token that was never seen';
    return {
      goal: `Guard: \`check\` of ${token} at most 1.05 × \`jwtVerify\`, with ${whole(revocations)} revocations`,
      measured: `${value.toFixed(3)} ×`,
      isMet: value <= 1.05,
      obstacle,
    };
  });
  const lookUps = checks.filter(({ hasSeenToken }) => hasSeenToken);
  return [
    ...besideVerify,
    ...lookUps.map(({ revocations, isRevokedNanoseconds }) => ({
      goal: `Guard: \`isRevoked\` below 1 µs, with ${whole(revocations)} revocations`,
      measured: `${whole(isRevokedNanoseconds)} ns`,
      isMet: isRevokedNanoseconds < 1_000,
      obstacle,
    })),
  ];
}

function growthTargets(results: BenchResults): Target[] {
  return growths(results).map(({ what, exponent, most }) => ({
    goal: `${most < 0.5 ? 'Does not grow' : 'Grows at most in proportion'}: ${what} (exponent at most ${most})`,
    measured: exponent.toFixed(2),
    isMet: exponent <= most,
    obstacle: obstacles.growth,
  }));
}
