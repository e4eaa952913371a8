import type { Stores } from '../domain/ports/stores.js';
import type { HealthOptions } from '../http/health.js';
import type { Drain } from '../http/stopping.js';
import { checkSink } from '../observability/line-sink.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';
import type { PolicySource } from './policy.js';
import type { ServiceKeys } from './service-keys.js';

/** Builds what answers the probes of health. */
export function createHealth(
  { config, telemetry, output }: Foundation,
  { readiness }: ConnectedFusionAuth,
  {
    stores,
    policies,
    serviceKeys,
  }: {
    readonly stores: Stores;
    readonly policies: Pick<PolicySource, 'warnings'>;
    readonly serviceKeys: Pick<ServiceKeys, 'warnings'>;
  },
  drain: Drain,
): HealthOptions {
  return {
    check: () => checkSink(output).then(() => readiness.check()),
    warnings: () => [...readiness.warnings(), ...stores.warnings(), ...policies.warnings(), ...serviceKeys.warnings()],
    maxAgeMs: config.readinessMaxAgeMs,
    isDraining: () => drain.isDraining,
    telemetry,
  };
}
