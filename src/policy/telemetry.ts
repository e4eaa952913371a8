import type { Policy } from '../domain/policy/policy.js';
import type { PolicyProblem } from './problem.js';

/** The reports of reading policies. No method throws. */
export interface PolicySourceTelemetry {
  /** Another policy is in force; null when none is. `source` is a path, or names the record of FusionAuth. */
  policyInForce(policy: Policy | null, source: string): void;
  /** A policy cannot be used, and the earlier one stays in force. Reported once for each content. */
  policyNotUsable(problems: readonly PolicyProblem[], source: string): void;
}
