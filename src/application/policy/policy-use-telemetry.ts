import type { PolicyReport } from './policy-report.js';

/** The reports of enforcing a session policy. No method throws. */
export interface PolicyUseTelemetry {
  /** The policy was enforced for a user. `trigger` names the cause. */
  policyEnforced(report: PolicyReport, trigger: string): void;
  /** An observation could not be published. */
  policyObservationLost(error: unknown): void;
}
