import { systemClock } from '../../src/domain/ports/clock.js';
import { createLogger } from '../../src/observability/logger.js';
import { PolicyReports } from '../../src/observability/policy-reports.js';
import { Telemetry } from '../../src/observability/telemetry.js';

/** What happens is told to nobody, but for what these methods are told. */
export function observing(methods: Partial<Omit<Telemetry, never>> = {}): Telemetry {
  const logger = createLogger('silent', { write: () => undefined });
  return Object.assign(new Telemetry(logger, systemClock), methods);
}

export const silent = observing();

/** What triggers of the policy report is told to nobody. */
export const silentPolicy = new PolicyReports({
  logger: createLogger('silent', { write: () => undefined }),
  clock: systemClock,
  failed: () => undefined,
  tracing: null,
});
