import type { AddressInfo } from 'node:net';
import type { DisposalList } from '../disposal-list.js';
import type { Stores } from '../domain/ports/stores.js';
import { answerClientErrors } from '../http/client-errors.js';
import type { HealthOptions } from '../http/health.js';
import { listeningUrl } from '../http/listening-url.js';
import { createManagementServer } from '../http/management-server.js';
import { MeasuredTelemetry } from '../observability/measured-telemetry.js';
import type { Readings } from '../observability/readings.js';
import { Telemetry } from '../observability/telemetry.js';
import type { Tracing, TracingOptions } from '../observability/tracing.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';
import type { PolicySource } from './policy.js';
import type { ServiceKeys } from './service-keys.js';

/** Metrics and traces cost nothing where nobody can read them: their libraries are loaded on demand, too. */
export async function createTelemetry({
  config,
  logger,
  clock,
  version,
  fusionAuthUrl,
}: Pick<Foundation, 'config' | 'logger' | 'clock' | 'version' | 'fusionAuthUrl'>): Promise<
  Pick<Foundation, 'telemetry' | 'metrics'>
> {
  const tracing = isTraced() ? await createTracing({ version, fusionAuthUrl }) : null;
  if (config.http.managementPort === null) return { telemetry: new Telemetry(logger, clock, tracing), metrics: null };
  const { Metrics } = await import('../observability/metrics.js');
  const metrics = new Metrics(version);
  return { telemetry: new MeasuredTelemetry(logger, clock, metrics, tracing), metrics };
}

/**
 * Whether an SDK of OpenTelemetry runs in this process. All copies of one major version of the API share their state
 * under this symbol. Reading the symbol spares loading the API where nobody traces.
 */
function isTraced(): boolean {
  const shared: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  return typeof shared === 'object' && shared !== null && 'trace' in shared;
}

async function createTracing(options: TracingOptions): Promise<Tracing> {
  const { Tracing } = await import('../observability/tracing.js');
  return new Tracing(options);
}

interface ReadParts {
  readonly connected: ConnectedFusionAuth;
  readonly stores: Stores;
  readonly policies: PolicySource;
  readonly serviceKeys: ServiceKeys;
}

/** The state of the service that each scrape of the metrics reads. */
export function readingsOf({ connected: { fusionAuth }, stores, policies, serviceKeys }: ReadParts): Readings {
  return {
    completeSinceMs: () => stores.memory.completeSince(),
    clockSkewMs: () => fusionAuth.skew.aheadMs,
    waitingCalls: () => fusionAuth.waitingCalls,
    policyBacklog: () => stores.policyJobs.backlog(),
    policyOfFile: () => policies.ofFile(),
    stores: () => stores.readings(),
    serviceKeys: () => serviceKeys.authenticator.keys.length,
  };
}

/** Starts the server for those who run the service. @returns where it listens, or null where it is off. */
export async function startManagement(
  { config, metrics, version, telemetry }: Foundation,
  health: HealthOptions,
  opened: DisposalList,
): Promise<string | null> {
  const { host, managementPort: port } = config.http;
  if (port === null || metrics === null) return null;
  const server = createManagementServer({ health, metrics, version });
  answerClientErrors(server.server, telemetry);
  opened.defer(() => server.close());
  await server.listen({ host, port });
  return listeningUrl(server.server.address() as AddressInfo);
}
