import type { Config } from './config.js';

/** Longer than subscriptions are silent, which send a comment every 12 seconds. */
const minSilenceTimeoutMs = 30_000;

/**
 * A mutation that meets its deadline with revocations under way waits for these, and for one list that shows their
 * outcome. The rest is slack.
 */
export function silenceTimeoutMs({ limits, fusionAuth }: Config): number {
  return Math.max(minSilenceTimeoutMs, limits.operationTimeoutMs + 3 * fusionAuth.callBudgetMs);
}
