import type { SetUpChecks } from '../domain/ports/set-up-checks.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';

/** Shorter than an operation may take by default, in milliseconds. */
const times = { checkTimeoutMs: 8_000, totalTimeoutMs: 15_000 };

/** Looks at the set-up while the service runs: at all but what it would have to call itself for. */
export function createSetUpChecks(
  foundation: Foundation,
  { fusionAuth }: Pick<ConnectedFusionAuth, 'fusionAuth'>,
): SetUpChecks {
  const { clock } = foundation;
  return {
    async run() {
      // Loaded only on demand: a service that nobody asks for it starts sooner without.
      const [{ serviceChecks }, { runChecks }] = await Promise.all([
        import('../doctor/service-checks.js'),
        import('../doctor/run-checks.js'),
      ]);
      const findings = await runChecks(serviceChecks({ ...foundation, fusionAuth }), times);
      return { checkedAt: clock.now(), findings };
    },
  };
}
