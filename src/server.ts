import type { AddressInfo } from 'node:net';
import type { DestinationStream } from 'pino';
import { LoopTurns } from './application/operation/loop-turns.js';
import type { Foundation } from './composition/foundation.js';
import { connectFusionAuth } from './composition/fusionauth.js';
import { createHealth } from './composition/health.js';
import { createHttp } from './composition/http.js';
import { createTelemetry, readingsOf, startManagement } from './composition/management.js';
import { openPolicySource } from './composition/policy.js';
import { openServiceKeys } from './composition/service-keys.js';
import { createCounted } from './composition/service-readings.js';
import { type CreateStores, createStores } from './composition/stores.js';
import { createUseCases } from './composition/use-cases.js';
import type { Config } from './config/config.js';
import type { TrustedDocuments } from './config/trusted-documents.js';
import { DisposalList } from './disposal-list.js';
import { type Clock, systemClock } from './domain/ports/clock.js';
import { listenBacklog } from './http/http-server.js';
import { listeningUrl } from './http/listening-url.js';
import { Drain } from './http/stopping.js';
import { disposeSink, standardOutput } from './observability/line-sink.js';
import { createLogger } from './observability/logger.js';
import { version as readVersion } from './version.js';

export interface ServiceOptions extends Pick<Foundation, 'secrets' | 'fusionAuthUrl'> {
  readonly config: Config;
  /** The only operations accepted, as the manifest that the configuration names holds them; null to accept any. */
  readonly trustedDocuments: TrustedDocuments | null;
  /** Aborted when the start is to be given up. */
  readonly signal?: AbortSignal;
}

/** Parts that tests put in place of those that the configuration names. */
export interface ServiceOverrides {
  readonly clock?: Clock;
  /** Milliseconds on a clock that only goes forward, by which ages and outages are measured. */
  readonly elapsedMs?: () => number;
  readonly logDestination?: DestinationStream;
  readonly createStores?: CreateStores;
  readonly openPolicySource?: typeof openPolicySource;
  /** How long fetching FusionAuth's keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs?: number;
}

export interface Service extends AsyncDisposable {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /** Where the management server listens; null where it is off. */
  readonly managementUrl: string | null;
  /** Reads the files of POLICY_FILE and SERVICE_KEYS_FILE anew. Never rejects: the log says what came of it. */
  reload(): Promise<void>;
  /** Settles when FusionAuth has been checked for the first time; the log says what came of it. */
  readonly checked: Promise<void>;
  /**
   * Has balancers send further requests to other replicas, before the service is disposed of: readiness fails, and
   * requests are still served. Resolves after `config.http.drainMs`.
   */
  drain(): Promise<void>;
}

/**
 * Builds the service and starts it. Disposing of it lets requests in flight finish, for at most
 * `config.http.shutdownTimeoutMs`. A start that fails closes all that it has opened.
 * @throws the error of `listen` when the port is taken, and the reason of `options.signal` when that is aborted.
 */
export async function createService(options: ServiceOptions, overrides: ServiceOverrides = {}): Promise<Service> {
  const opened = new DisposalList();
  try {
    options.signal?.throwIfAborted();
    const service = await startService(options, overrides, opened);
    options.signal?.throwIfAborted();
    return service;
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

/** How long fetching FusionAuth's keys may take, in milliseconds. */
const defaultKeyFetchTimeoutMs = 3_000;

/** Builds from the inside out. What is opened last is closed first. */
async function startService(
  options: ServiceOptions,
  overrides: ServiceOverrides,
  opened: DisposalList,
): Promise<Service> {
  const { config, trustedDocuments, signal } = options;
  const foundation = await createFoundation(options, overrides, opened);
  const serviceKeys = await openServiceKeys(foundation, opened);
  const connected = connectFusionAuth(foundation, opened);
  const stores = await (overrides.createStores ?? createStores)(foundation, signal);
  opened.defer(() => stores[Symbol.asyncDispose]());
  signal?.throwIfAborted();
  const policies = await (overrides.openPolicySource ?? openPolicySource)(foundation, connected, opened);
  const counted = createCounted(foundation, stores);
  const useCases = createUseCases(foundation, connected, { stores, policies, counted }, opened);
  const drain = new Drain();
  const health = createHealth(foundation, connected, { stores, policies, serviceKeys }, drain);
  foundation.metrics?.add(readingsOf({ connected, stores, policies, serviceKeys }));
  const parts = { connected, stores, useCases, health, trustedDocuments, serviceKeys, counted, drain };
  const http = await createHttp(foundation, parts, opened);
  // Closed before the server, which waits until subscriptions have ended.
  opened.defer(() => stores.endSubscriptions());
  signal?.throwIfAborted();
  const managementUrl = await startManagement(foundation, health, opened);
  await http.listen({ host: config.http.host, port: config.http.port, backlog: listenBacklog });
  stores.begin();
  useCases.policyTriggering.start();
  // Not waited for: a FusionAuth that hangs must not keep the service from starting.
  const checked = connected.readiness.start();
  const url = listeningUrl(http.server.address() as AddressInfo);
  reportListening(foundation, url, managementUrl);
  return {
    url,
    managementUrl,
    checked,
    async reload() {
      await Promise.all([serviceKeys.reload(), policies.reload()]);
    },
    async drain() {
      useCases.policyTriggering.drain();
      await drain.begin(config.http.drainMs);
    },
    async [Symbol.asyncDispose]() {
      connected.readiness[Symbol.dispose]();
      const cutOff = setTimeout(() => {
        http.server.closeAllConnections();
        void connected.fusionAuth[Symbol.asyncDispose]();
      }, config.http.shutdownTimeoutMs);
      await opened[Symbol.asyncDispose]().finally(() => clearTimeout(cutOff));
    },
  };
}

async function createFoundation(
  { config, secrets, fusionAuthUrl }: ServiceOptions,
  overrides: ServiceOverrides,
  opened: DisposalList,
): Promise<Foundation> {
  const { clock = systemClock, elapsedMs = () => performance.now() } = overrides;
  const { keyFetchTimeoutMs = defaultKeyFetchTimeoutMs } = overrides;
  const output = overrides.logDestination ?? standardOutput();
  opened.defer(() => disposeSink(output));
  const logger = createLogger(config.logLevel, output);
  const version = await readVersion();
  const { telemetry, metrics } = await createTelemetry({ config, logger, clock, version, fusionAuthUrl });
  return {
    config,
    secrets,
    fusionAuthUrl,
    clock,
    elapsedMs,
    turns: new LoopTurns(),
    telemetry,
    metrics,
    version,
    logger,
    output,
    keyFetchTimeoutMs,
  };
}

function reportListening(
  { config, telemetry, fusionAuthUrl }: Foundation,
  url: string,
  managementUrl: string | null,
): void {
  const management = managementUrl === null ? {} : { managementUrl };
  telemetry.listening({ url, ...management, fusionAuthUrl, tenantId: config.fusionAuth.tenantId });
}
