import type { AddressInfo } from 'node:net';
import type { DisposalList } from '../disposal-list.js';
import type { HealthOptions } from '../http/health.js';
import { listeningUrl } from '../http/listening-url.js';
import { createManagementServer } from '../http/management-server.js';
import { MeasuredTelemetry } from '../observability/measured-telemetry.js';
import { Telemetry } from '../observability/telemetry.js';
import type { Foundation } from './foundation.js';

/** Metrics cost nothing where nobody can read them: their library is loaded on demand, too. */
export async function createTelemetry({
  config,
  logger,
  clock,
  version,
}: Pick<Foundation, 'config' | 'logger' | 'clock' | 'version'>): Promise<Pick<Foundation, 'telemetry' | 'metrics'>> {
  if (config.http.managementPort === null) return { telemetry: new Telemetry(logger, clock), metrics: null };
  const { Metrics } = await import('../observability/metrics.js');
  const metrics = new Metrics(version);
  return { telemetry: new MeasuredTelemetry(logger, clock, metrics), metrics };
}

/** Starts the server for those who run the service. @returns where it listens, or null where it is off. */
export async function startManagement(
  { config, metrics, version }: Foundation,
  health: HealthOptions,
  opened: DisposalList,
): Promise<string | null> {
  const { host, managementPort: port } = config.http;
  if (port === null || metrics === null) return null;
  const server = createManagementServer({ health, metrics, version });
  opened.defer(() => server.close());
  await server.listen({ host, port });
  return listeningUrl(server.server.address() as AddressInfo);
}
