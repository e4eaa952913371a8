import autocannon from 'autocannon';
import { percentile } from './statistics.js';

export interface LoadOptions {
  readonly url: string;
  /** Sent in turn, over and over. */
  readonly requests: readonly LoadRequest[];
  /** Each sends its next request when it has its answer. */
  readonly connections: number;
  readonly durationSeconds: number;
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** @throws an Error when any answer is missing or not a 200. */
export async function runLoad({ url, requests, connections, durationSeconds }: LoadOptions): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const { errors, non2xx, timeouts } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = {
      url,
      connections,
      duration: durationSeconds,
      // It looks at the clock only that often.
      sampleInt: 100,
      requests: requests.map((one) => ({ ...one })),
    };
    const run = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
    // The figures of autocannon's own summary are whole milliseconds.
    run.on('response', (_client, _status, _bytes, responseTimeMs) => latenciesMs.push(responseTimeMs));
  });
  if (errors + non2xx + timeouts > 0) {
    throw new Error(`${url}: ${errors} errors, ${non2xx} answers that are no success, ${timeouts} timeouts`);
  }
  return {
    requests: latenciesMs.length,
    requestsPerSecond: latenciesMs.length / ((performance.now() - startedAt) / 1_000),
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
  };
}
