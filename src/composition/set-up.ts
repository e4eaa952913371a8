import type { SetUpChecks } from '../domain/ports/set-up-checks.js';
import type { Stores } from '../domain/ports/stores.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';

/** Shorter than an operation may take by default, in milliseconds. */
const times = { checkTimeoutMs: 8_000, totalTimeoutMs: 15_000 };

/** Checks the set-up while the service runs, except for the checks in which the service would call itself. */
export function createSetUpChecks(
  foundation: Foundation,
  { fusionAuth }: Pick<ConnectedFusionAuth, 'fusionAuth'>,
  { policyJobs }: Pick<Stores, 'policyJobs'>,
): SetUpChecks {
  const { clock } = foundation;
  return {
    async run() {
      // Loaded only on demand: a service that nobody asks for it starts sooner without.
      const [{ serviceChecks }, { policyJobFindings }, { runChecks }] = await Promise.all([
        import('../doctor/service-checks.js'),
        import('../doctor/policy-job-findings.js'),
        import('../doctor/run-checks.js'),
      ]);
      const checks = [
        ...serviceChecks({ ...foundation, fusionAuth }),
        // Only the running service knows its jobs; the command `doctor` does not.
        { name: 'policy-jobs', run: () => policyJobFindings(policyJobs) },
      ];
      const findings = await runChecks(checks, times);
      return { checkedAt: clock.now(), findings };
    },
  };
}
