import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the figures depend on. Names neither the machine nor anything on it. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  /** Processes that wanted to run when the benchmark began. Well above zero: something else was running, too. */
  readonly loadAtStart: number;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 1_024 ** 3),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    loadAtStart: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}
