import type { PolicyReport } from './policy-report.js';

/** The reports of what a session policy does. No method throws. */
export interface PolicyUseTelemetry {
  /** It was enforced for a user. `trigger` is the name of what asked for it. */
  policyEnforced(report: PolicyReport, trigger: string): void;
  /** What it would have ended could not be published. */
  policyObservationLost(error: unknown): void;
}
