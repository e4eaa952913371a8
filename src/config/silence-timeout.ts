import type { Config } from './config.js';

/** Longer than subscriptions are silent, which send a comment every 12 seconds. */
const minSilenceTimeoutMs = 30_000;

/**
 * How long a connection may be silent. A mutation that reaches its deadline with revocations under way still waits for
 * them, and for one list that shows their outcome. The rest is slack.
 */
export function silenceTimeoutMs({ limits, fusionAuth }: Config): number {
  return Math.max(minSilenceTimeoutMs, limits.operationTimeoutMs + 3 * fusionAuth.callBudgetMs);
}
