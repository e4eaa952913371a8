import type { Comparison } from '../load/in-turn.js';
import type { BenchResults, With } from '../results.js';
import { decimal, mebibytes, ratio, table, whole } from './format.js';
import { growths } from './growths.js';

export function callers({ accessTokens }: With<'accessTokens'>): string {
  const { serviceKeyCpuMicros, accessTokenCpuMicros, ratio: between } = accessTokens;
  return `A call that asks for its own caller alone, in CPU time of the service: ${whole(serviceKeyCpuMicros)} µs with a service key, ${whole(accessTokenCpuMicros)} µs with an access token
that has been sent before (${ratio(between)}).`;
}

export function events({ fanOut }: With<'fanOut'>): string {
  const { subscribers, events: count, cpuMicrosPerDelivery, p50Ms, p99Ms } = fanOut;
  return `${whole(count)} revocations, one after the other, to ${whole(subscribers)} subscribers of the same document, all read by the process that measures. Times are from
sending the revocation until a subscriber has read its event; CPU time is that of the service, the revocation included.

${table(
  ['subscribers', 'CPU µs for each', 'p50 ms', 'p99 ms'],
  [[whole(subscribers), decimal(cpuMicrosPerDelivery), decimal(p50Ms), decimal(p99Ms)]],
)}`;
}

export function growth(results: BenchResults): string {
  const rows = growths(results).flatMap(({ what, steps, exponent }) =>
    steps.map(({ size, cpuMicros }, index) => [
      index === 0 ? what : '',
      whole(size),
      cpuMicros < 10 ? cpuMicros.toFixed(2) : whole(cpuMicros),
      index === steps.length - 1 ? exponent.toFixed(2) : '',
    ]),
  );
  return `CPU time of the service for one operation as it grows; the exponent is that of the larger half of the steps, and 1 where the
cost is proportional.

${table(['operation', 'size', 'CPU µs', 'exponent'], rows)}`;
}

/** What the same operations cost on one side and the others, in turn. */
export function comparison(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ what, sides }) =>
    sides.map(({ label, p50Ms, p99Ms, addedMs, timeRatio, cpuMicros, cpuRatio }, index) => [
      index === 0 ? what : '',
      label,
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      index === 0 ? '' : addedMs.toFixed(2),
      index === 0 ? '' : ratio(timeRatio),
      whole(cpuMicros),
      index === 0 ? '' : ratio(cpuRatio),
    ]),
  );
  return table(['operation', '', 'p50 ms', 'p99 ms', 'added ms', 'time', 'CPU µs', 'CPU'], rows);
}

export function database({ database: found }: With<'database'>): string {
  const { roundTripMs, commitMs, list, enforcements, revocation } = found;
  return `A service that shares PostgreSQL, on this machine and writing to its disk, beside one that remembers for itself. A round trip
to the database takes ${roundTripMs.toFixed(2)} ms, one that writes ${commitMs.toFixed(2)} ms.

${comparison([list, ...enforcements, revocation])}`;
}

export function replicas({ replicas: found }: With<'replicas'>): string {
  const { eventsPerSecond, sent, arrived, p50Ms, p99Ms } = found;
  return `FusionAuth reports ${whole(eventsPerSecond)} revocations a second to one replica; a subscriber follows at another one. Of ${whole(sent)}, ${whole(arrived)} have
arrived: p50 ${decimal(p50Ms)} ms, p99 ${decimal(p99Ms)} ms after the report.`;
}

export function guard({ guard: { checks, lookUps } }: With<'guard'>): string {
  const rows = checks.map(
    ({ revocations, hasSeenToken, verifyMicros, checkMicros, ratio: value, isRevokedNanoseconds, heapBytes }) => [
      whole(revocations),
      hasSeenToken ? 'comes again' : 'never seen',
      decimal(verifyMicros),
      decimal(checkMicros),
      `${value.toFixed(3)} ×`,
      whole(isRevokedNanoseconds),
      mebibytes(heapBytes),
    ],
  );
  const each = lookUps.map(({ revocations, bytesEach }) => `${whole(bytesEach)} with ${whole(revocations)}`);
  return `\`check\` beside \`jwtVerify\` of jose with the same demands, in turn. A revocation takes so many bytes: ${each.join(', ')}.

${table(['revocations', 'token', '`jwtVerify` µs', '`check` µs', '', '`isRevoked` ns', 'heap'], rows)}`;
}
