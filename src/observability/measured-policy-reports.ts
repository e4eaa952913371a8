import type { PolicyRun, SignInDecisionFacts } from '../application/policy/policy-telemetry.js';
import type { UserId } from '../domain/ids.js';
import type { Metrics } from './metrics.js';
import { PolicyReports, type PolicyReportsParts } from './policy-reports.js';

/** Reports that are counted, too. */
export class MeasuredPolicyReports extends PolicyReports {
  constructor(
    parts: PolicyReportsParts,
    private readonly metrics: Metrics,
  ) {
    super(parts);
  }

  override ran(run: PolicyRun): void {
    super.ran(run);
    const { outcome, triggers, tookMs } = run;
    for (const trigger of triggers) {
      this.metrics.policyRuns.inc({ trigger, outcome });
      this.metrics.policyRunSeconds.observe({ trigger }, tookMs / 1_000);
    }
  }

  override heldBack(userId: UserId, sessions: number, retryAfterMs: number): void {
    super.heldBack(userId, sessions, retryAfterMs);
    this.metrics.policyHeldBack.inc(sessions);
  }

  override refused(users: number): void {
    super.refused(users);
    this.metrics.policyJobsRefused.inc(users);
  }

  override signInDecided(facts: SignInDecisionFacts): void {
    super.signInDecided(facts);
    this.metrics.signInsDecided.inc({ decision: facts.decision, failed: `${facts.failed}` });
  }
}
