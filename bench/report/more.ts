import type { BenchResults } from '../run.js';
import { decimal, ratio, table, whole } from './format.js';

export function callers({ accessTokens }: BenchResults): string {
  const { serviceKeyCpuMicros, accessTokenCpuMicros, ratio: between } = accessTokens;
  return `A call that asks for its own caller alone, in CPU time of the service: ${whole(serviceKeyCpuMicros)} µs with a service key, ${whole(accessTokenCpuMicros)} µs with an access token
that has been sent before (${ratio(between)}).`;
}

export function events({ fanOut }: BenchResults): string {
  const { subscribers, events: count, cpuMicrosPerDelivery, p50Ms, p99Ms } = fanOut;
  return `${whole(count)} revocations, one after the other, to ${whole(subscribers)} subscribers of the same document, all read by the process that measures. Times are from
sending the revocation until a subscriber has read its event; CPU time is that of the service, the revocation included.

${table(
  ['subscribers', 'CPU µs for each', 'p50 ms', 'p99 ms'],
  [[whole(subscribers), decimal(cpuMicrosPerDelivery), decimal(p50Ms), decimal(p99Ms)]],
)}`;
}

export function growth({ growth: results }: BenchResults): string {
  const rows = results.flatMap(({ what, steps, exponent }) =>
    steps.map(({ size, cpuMicros }, index) => [
      index === 0 ? what : '',
      whole(size),
      whole(cpuMicros),
      index === steps.length - 1 ? exponent.toFixed(2) : '',
    ]),
  );
  return `CPU time of the service for one operation as it grows; the exponent is that of the larger half of the steps, and 1 where the
cost is proportional.

${table(['operation', 'size', 'CPU µs', 'exponent'], rows)}`;
}
