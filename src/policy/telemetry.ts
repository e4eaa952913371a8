import type { Policy } from '../domain/policy/policy.js';
import type { PolicyProblem } from './problem.js';

/** The reports of where policies come from. No method throws. */
export interface PolicyTelemetry {
  /** Another policy is in force than before; null: none is. `source` is a path, or whose data in FusionAuth it is. */
  policyInForce(policy: Policy | null, source: string): void;
  /** A policy cannot be used. What was in force before stays so. Reported once for each content. */
  policyNotUsable(problems: readonly PolicyProblem[], source: string): void;
}
