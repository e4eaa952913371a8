import type { AddressInfo } from 'node:net';
import type { DestinationStream } from 'pino';
import { createAccess } from './application/authorization/access.js';
import { accessAcrossTenants, isAcrossTenants } from './application/authorization/across-tenants.js';
import { EnforceSessionLimit } from './application/enforcement/enforce-session-limit.js';
import { HandleFusionAuthEvent } from './application/events/handle-fusionauth-event.js';
import { ReadRevocations } from './application/events/read-revocations.js';
import { SessionEventRecorder } from './application/events/session-event-recorder.js';
import { UncertainRevocations } from './application/events/uncertain-revocations.js';
import { watchCredentials } from './application/events/watch-credentials.js';
import { ConfirmSessions } from './application/liveness/confirm-sessions.js';
import type { FindDocument } from './application/operation/find-document.js';
import { Work, workLimitsFor } from './application/operation/work.js';
import type { EndSessionsPorts } from './application/revocation/end-sessions.js';
import { RevokeSession } from './application/revocation/revoke-session.js';
import { RevokeSessions } from './application/revocation/revoke-sessions.js';
import { AccessTokenAuthenticator } from './auth/access-tokens.js';
import { Authenticator } from './auth/authenticator.js';
import { ServiceKeyAuthenticator } from './auth/service-keys.js';
import { chooseTenant, isCallersWord } from './auth/tenant-choice.js';
import type { Config, Secrets } from './config/config.js';
import { silenceTimeoutMs } from './config/silence-timeout.js';
import type { TrustedDocuments } from './config/trusted-documents.js';
import { DisposalList } from './disposal-list.js';
import type { FusionAuthEvent } from './domain/fusionauth-event.js';
import type { TenantId } from './domain/ids.js';
import { type Clock, systemClock } from './domain/ports/clock.js';
import { clockOfFusionAuth, laterClock } from './fusionauth/clock-skew.js';
import { FusionAuth, type FusionAuthPorts } from './fusionauth/fusionauth.js';
import { Readiness } from './fusionauth/readiness.js';
import { graphiqlOf } from './graphiql-options.js';
import { startApollo } from './graphql/engine/apollo.js';
import { Documents } from './graphql/engine/documents.js';
import { createReads } from './graphql/engine/loaders.js';
import { measureWork } from './graphql/engine/measured-schema.js';
import { createSubscribe } from './graphql/engine/subscriptions.js';
import { createDocumentFinder } from './graphql/engine/trusted-documents.js';
import type { Points } from './graphql/limits/operation-limits.js';
import { createSchema } from './graphql/schema/schema.js';
import { CallerRateLimit } from './http/caller-rate-limit.js';
import { createHttpServer, listenBacklog } from './http/http-server.js';
import { listeningUrl } from './http/listening-url.js';
import type { CreateScope, RecognitionOptions } from './http/recognise-caller.js';
import { createInProcessStores } from './in-process/stores.js';
import { createInProcessTurns } from './in-process/turns.js';
import { warnOfExpiredKeys } from './observability/expired-keys.js';
import { fusionAuthReports, logCheck } from './observability/fusionauth-reports.js';
import { checkSink, disposeSink, standardOutput } from './observability/line-sink.js';
import { createAuditLog, createLogger } from './observability/logger.js';
import { createRefusalLog } from './observability/refusal-log.js';
import { WebhookReceiver } from './webhook/webhook-receiver.js';

/** Largest answer of FusionAuth that is read: above a list of 1,000 sessions and one of some thousand applications. */
const maxResponseBytes = 64 * 1_024 * 1_024;

const retryBaseDelayMs = 50;

/** Short, because FusionAuth may hold a transaction open while it waits for our answer. */
const webhookKeyFetchTimeoutMs = 1_000;

export interface ServiceOptions {
  readonly config: Config;
  readonly secrets: Pick<Secrets, 'fusionAuthApiKey' | 'serviceKeys' | 'demoServiceKey' | 'webhook'>;
  /** The only operations accepted, as the manifest that the configuration names holds them; null to accept any. */
  readonly trustedDocuments: TrustedDocuments | null;
  /** Where FusionAuth is: that of the configuration, or of an emulator. */
  readonly fusionAuthUrl: string;
  /** Aborted when the start is to be given up. */
  readonly signal?: AbortSignal;
}

/** For tests. */
export interface ServiceOverrides {
  readonly clock?: Clock;
  readonly logDestination?: DestinationStream;
}

export interface Service extends AsyncDisposable {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /** Settles when FusionAuth has been checked for the first time; the log says what came of it. */
  readonly checked: Promise<void>;
}

/**
 * Builds the service and starts it. Disposing of it lets requests in flight finish, for at most
 * `config.http.shutdownTimeoutMs`. When it cannot be started, all that has been opened is closed.
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

async function startService(
  options: ServiceOptions,
  overrides: ServiceOverrides,
  opened: DisposalList,
): Promise<Service> {
  const { config, secrets, trustedDocuments, fusionAuthUrl } = options;
  const clock = overrides.clock ?? systemClock;
  const output = overrides.logDestination ?? standardOutput();
  const logger = createLogger(config.logLevel, output);
  warnOfExpiredKeys(logger, secrets.serviceKeys, clock);
  const fusionAuth = new FusionAuth({
    ...config.fusionAuth,
    baseUrl: fusionAuthUrl,
    apiKey: secrets.fusionAuthApiKey,
    retryBaseDelayMs,
    maxResponseBytes,
    clock,
    ...fusionAuthReports(logger),
  });
  const readiness = new Readiness(fusionAuth, (result) => logCheck(logger, result));
  const fusionAuthClock = clockOfFusionAuth(clock, fusionAuth.skew);

  opened.defer(() => fusionAuth[Symbol.asyncDispose]());
  const fusionAuthAuditLog = fusionAuth.createAuditLog(({ requestId, sessionId }, error) =>
    logger.error({ requestId, sessionId, err: error }, 'audit record not written to FusionAuth'),
  );
  opened.defer(() => fusionAuthAuditLog[Symbol.asyncDispose]().then(() => disposeSink(output)));
  const auditLog = createAuditLog(config.logLevel, output);
  const auditLogs = [auditLog, ...(config.fusionAuth.auditLog ? [fusionAuthAuditLog] : [])];
  const stores = createInProcessStores({
    ...config.events,
    clock,
    onForgotten: (completeSince) =>
      logger.warn({ completeSince }, 'more revocations than are remembered: the oldest are forgotten'),
  });
  opened.defer(() => stores[Symbol.asyncDispose]());
  const { log, memory, feed, ownRevocations } = stores;
  const { maxAccessTokenLifetimeMs } = config.events;
  const recorder = new SessionEventRecorder({ log, ownRevocations, maxAccessTokenLifetimeMs });
  // These calls belong to no caller's operation, so nobody is charged for them.
  const sessionsOf = (tenant: TenantId | null) =>
    fusionAuth.tenant(tenant ?? config.fusionAuth.tenantId).during({ calls: 0 }).sessions;
  const uncertain = new UncertainRevocations({
    recorder,
    sessionsOf,
    onFailure: (error) => logger.warn({ err: error }, 'not known whether a session has ended'),
  });
  const ports: EndSessionsPorts = {
    recorder,
    ownRevocations,
    uncertain,
    audit: {
      ...auditLog,
      record(entry) {
        for (const log of auditLogs) log.record(entry);
      },
    },
    clock: laterClock(clock, fusionAuth.skew),
    endingBudgetMs: config.endingBudgetMs,
    recentSignInSeconds: config.recentSignInSeconds,
    onSideFailure: (error, requestId) => logger.warn({ requestId, err: error }, 'side lookup failed'),
  };
  const confirmSessions = new ConfirmSessions({
    memory,
    clock,
    sourceOf: (tenant) => fusionAuth.tenant(tenant).during({ calls: 0 }),
    callsPerSecond: config.confirmationsPerSecond,
    onFailure: (error) => logger.warn({ err: error }, 'FusionAuth could not be asked whether sessions live'),
    onBehind: (waitMs) =>
      logger.warn({ waitMs }, 'confirmations wait longer than they should: raise CONFIRMATIONS_PER_SECOND'),
  });
  opened.defer(() => confirmSessions[Symbol.dispose]());
  const turns = createInProcessTurns(clock, config.userLockMaxWaitMs);
  const schema = createSchema({
    enforceSessionLimit: new EnforceSessionLimit({
      ...ports,
      ...turns,
      endedSessions: memory,
      onRound: (progress) =>
        logger.info(progress, 'enforcing in rounds: the user has more sessions than one list holds'),
    }),
    revokeSession: new RevokeSession({ ...ports, ...turns }),
    revokeSessions: new RevokeSessions({ ...ports, ...turns }),
    readRevocations: new ReadRevocations(memory),
    confirmSessions,
  });
  measureWork(schema);
  const { limits } = config;
  const rateLimit = new CallerRateLimit(limits.rateLimit);
  const points: Points = {
    spend: (caller, count) => rateLimit.spend(caller, count),
    charge: (caller, count) => rateLimit.charge(caller, count),
  };
  const documents = new Documents({ schema, introspection: config.introspection, limits });
  const apollo = await startApollo({
    schema,
    logger,
    introspection: config.introspection,
    documents,
    limits,
    points,
    trustedDocuments,
    compileQueries: config.compileQueries,
  });
  opened.defer(() => apollo.stop());
  const { accessTokens } = config;
  const authenticator = new Authenticator(
    new ServiceKeyAuthenticator(secrets.serviceKeys, clock),
    accessTokens === null ? null : new AccessTokenAuthenticator(fusionAuthUrl, accessTokens, clock),
    (token) => memory.covers(token),
  );
  const operations: RecognitionOptions & { readonly createScope: CreateScope; readonly findDocument: FindDocument } = {
    authenticate: (authorization) => authenticator.authenticate(authorization),
    onRefused: createRefusalLog(logger, clock),
    chooseTenant: (caller, header) => chooseTenant(caller, header, config.fusionAuth.tenantId),
    createScope({ caller, tenantId, requestId, time }) {
      const upstream = { calls: 0, tenantIsCallersWord: isCallersWord(caller, tenantId, config.fusionAuth.tenantId) };
      const operation = fusionAuth.tenant(tenantId).during(upstream);
      const { sessions, directory } = operation.until(time.signal);
      const accessTo = ({ sessions, directory }: FusionAuthPorts) =>
        isAcrossTenants({ caller, tenantId })
          ? accessAcrossTenants
          : createAccess(caller, confirmSessions.observing(sessions), directory);
      const access = accessTo(operation);
      const reads = createReads(accessTo({ sessions, directory }), directory);
      const work = new Work(workLimitsFor(caller, limits));
      const clock = fusionAuthClock;
      return { caller, tenantId, requestId, clock, time, access, reads, events: feed, work, upstream };
    },
    spend: points.spend,
    findDocument: createDocumentFinder(limits.maxQueryCharacters, trustedDocuments),
  };
  const onHandleFailure = (error: unknown, { id, kind }: FusionAuthEvent) =>
    logger.error({ eventId: id, event: kind, err: error }, 'event not handled');
  const handler = new HandleFusionAuthEvent({
    recorder,
    sessionsOf,
    tenantId: config.fusionAuth.tenantId,
    deliveryMaxAgeMs: (config.webhook?.maxAgeSeconds ?? 0) * 1_000,
    onFailure: onHandleFailure,
  });
  const webhook = config.webhook && {
    ...config.webhook,
    receiver: new WebhookReceiver({
      ...config.webhook,
      secrets: secrets.webhook,
      fusionAuthUrl,
      keyFetchTimeoutMs: webhookKeyFetchTimeoutMs,
      clock,
      handle: (event) => {
        fusionAuth.skew.observeEvent(event.occurredAt);
        confirmSessions.observeEvent(event);
        return handler.execute(event);
      },
      onHandleFailure,
    }),
  };
  const http = createHttpServer({
    logger,
    graphQL: {
      apollo,
      ...operations,
      ...limits,
    },
    subscriptions: {
      ...operations,
      ...config.subscriptions,
      serviceReservePercent: limits.serviceReservePercent,
      subscribe: createSubscribe({ schema, logger, documents, limits, charge: points.charge }),
      onRevoked: (caller, callback) => watchCredentials(feed, memory, caller, callback),
      clock,
    },
    health: {
      check: () => checkSink(output).then(() => readiness.check()),
      warnings: () => readiness.warnings(),
      maxAgeMs: config.readinessMaxAgeMs,
    },
    webhook,
    graphiql: config.graphiql ? graphiqlOf(config, secrets.demoServiceKey) : null,
    ...config.http,
    silenceTimeoutMs: silenceTimeoutMs(config),
  });

  opened.defer(() => http.close());
  opened.defer(() => uncertain[Symbol.dispose]());
  // Before the server closes, which waits for subscriptions.
  opened.defer(() => stores.endSubscriptions());
  const dispose = async () => {
    const cutOff = setTimeout(() => {
      http.server.closeAllConnections();
      void fusionAuth[Symbol.asyncDispose]();
    }, config.http.shutdownTimeoutMs);
    await opened[Symbol.asyncDispose]().finally(() => clearTimeout(cutOff));
  };
  options.signal?.throwIfAborted();
  await http.listen({ host: config.http.host, port: config.http.port, backlog: listenBacklog });
  stores.begin();
  // Not waited for: a FusionAuth that hangs must not keep the service from starting.
  const checked = readiness.start();
  const url = listeningUrl(http.server.address() as AddressInfo);
  logger.info({ url, fusionAuthUrl, tenantId: config.fusionAuth.tenantId }, 'listening');
  return { url, checked, [Symbol.asyncDispose]: dispose };
}
