import type { z } from 'zod';
import type { environment } from './environment.js';

/** When the session policy is enforced. */
export interface PolicyTriggersConfig {
  /** How many users of the lane `background` a process runs in a second. */
  readonly runsPerSecond: number;
  /** Null: login records are not swept. */
  readonly sweepIntervalMs: number | null;
  readonly sweepLookBackMs: number;
  /** Whether a sign-in is let in when FusionAuth or the store cannot be asked. */
  readonly signInFailure: 'open' | 'closed';
}

export function policyTriggersOf(values: z.output<typeof environment>): PolicyTriggersConfig {
  const intervalSeconds = values.POLICY_SWEEP_INTERVAL_SECONDS;
  return {
    runsPerSecond: values.POLICY_RUNS_PER_SECOND,
    sweepIntervalMs: intervalSeconds === 0 ? null : intervalSeconds * 1_000,
    sweepLookBackMs: values.POLICY_SWEEP_LOOK_BACK_DAYS * 86_400_000,
    signInFailure: values.POLICY_SIGN_IN_FAILURE,
  };
}
