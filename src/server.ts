import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { DestinationStream } from 'pino';
import { createAccess } from './application/authorization/access.js';
import { EnforceSessionLimit } from './application/enforcement/enforce-session-limit.js';
import { HearFusionAuthEvent } from './application/events/hear-fusionauth-event.js';
import { ReadRevocations } from './application/events/read-revocations.js';
import { SessionNews } from './application/events/session-news.js';
import { UnansweredEndings } from './application/events/unanswered-endings.js';
import { watchCredentials } from './application/events/watch-credentials.js';
import { createResultCount } from './application/operation/result-count.js';
import type { EndSessionsPorts } from './application/revocation/end-sessions.js';
import { RevokeSession } from './application/revocation/revoke-session.js';
import { RevokeSessions } from './application/revocation/revoke-sessions.js';
import { AccessTokenAuthenticator } from './auth/access-tokens.js';
import { Authenticator } from './auth/authenticator.js';
import { ServiceKeyAuthenticator } from './auth/service-keys.js';
import { chooseTenant } from './auth/tenant-choice.js';
import { demoUserId } from './banner.js';
import type { Config, Secrets } from './config/config.js';
import { isLoopback } from './config/loopback.js';
import { readTrustedDocuments } from './config/trusted-documents.js';
import type { FusionAuthEvent } from './domain/fusionauth-event.js';
import type { TenantId } from './domain/ids.js';
import { type Clock, systemClock } from './domain/ports/clock.js';
import { clockOfFusionAuth, laterClock } from './fusionauth/clock-skew.js';
import { FusionAuth } from './fusionauth/fusionauth.js';
import { startApollo } from './graphql/engine/apollo.js';
import { createReads } from './graphql/engine/loaders.js';
import { createSubscribe } from './graphql/engine/subscriptions.js';
import { createDocumentCheck, type DocumentCheck } from './graphql/engine/trusted-documents.js';
import type { SpendPoints } from './graphql/limits/operation-limits.js';
import { createSchema } from './graphql/schema/schema.js';
import { CallerRateLimit } from './http/caller-rate-limit.js';
import type { GraphiQLOptions } from './http/graphiql.js';
import { createHttpServer } from './http/http-server.js';
import type { CreateScope, RecognitionOptions } from './http/recognise-caller.js';
import { InProcessEventFeed } from './in-process/event-feed.js';
import { InProcessRevocationMemory } from './in-process/revocation-memory.js';
import { InProcessUserLock } from './in-process/user-lock.js';
import { createAuditLog, createLogger } from './observability/logger.js';
import { WebhookReceiver } from './webhook/webhook-receiver.js';

/** Largest answer of FusionAuth that is read: above a list of 1,000 sessions and one of some thousand applications. */
const maxResponseBytes = 64 * 1_024 * 1_024;

const retryBaseDelayMs = 50;

/** How many enforcements of one user may wait for their turn, where they have to take turns. */
const maxWaitingPerUser = 100;

export interface ServiceOptions {
  readonly config: Config;
  readonly secrets: Pick<Secrets, 'fusionAuthApiKey' | 'serviceKeys' | 'demoServiceKey' | 'webhook'>;
  /** Where FusionAuth is: that of the configuration, or of an emulator. */
  readonly fusionAuthUrl: string;
}

/** For tests. */
export interface ServiceOverrides {
  readonly clock?: Clock;
  readonly logDestination?: DestinationStream;
  /** Default true. */
  readonly compileQueries?: boolean;
}

export interface Service extends AsyncDisposable {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
}

/**
 * Builds the service and starts it. Disposing of it lets requests in flight finish, for at most
 * `config.http.shutdownTimeoutMs`.
 * @throws the error of `listen` when the port is taken.
 */
export async function createService(options: ServiceOptions, overrides: ServiceOverrides = {}): Promise<Service> {
  const { config, secrets, fusionAuthUrl } = options;
  const clock = overrides.clock ?? systemClock;
  const logger = createLogger(config.logLevel, overrides.logDestination);

  const fusionAuth = new FusionAuth({
    ...config.fusionAuth,
    baseUrl: fusionAuthUrl,
    apiKey: secrets.fusionAuthApiKey,
    retryBaseDelayMs,
    maxResponseBytes,
    clock,
    onSettingsUnavailable: (error) => logger.warn({ err: error }, 'settings unavailable: expiry is not known'),
    onSettingsStale: (error) => logger.warn({ err: error }, 'settings could not be read anew: older ones are used'),
    onClockSkew: (skewMs) =>
      logger.warn(
        { skewSeconds: Math.round(skewMs / 1_000) },
        'the clocks of FusionAuth and this service differ: synchronise them; until then it is allowed for',
      ),
  });
  const fusionAuthClock = clockOfFusionAuth(clock, fusionAuth.skew);

  const fusionAuthAuditLog = fusionAuth.createAuditLog(({ requestId, sessionId }, error) =>
    logger.error({ requestId, sessionId, err: error }, 'audit record not written to FusionAuth'),
  );
  const auditLogs = [createAuditLog(logger), ...(config.fusionAuth.auditLog ? [fusionAuthAuditLog] : [])];
  const name = randomBytes(6).toString('hex');
  const feed = new InProcessEventFeed({ name, ...config.events });
  const memory = new InProcessRevocationMemory({
    name,
    clock,
    maxEntries: config.events.maxRememberedRevocations,
    endingMaxAgeMs: config.events.endedSessionMemoryMs,
    onForgotten: (completeSince) =>
      logger.warn({ completeSince }, 'more revocations than are remembered: the oldest are forgotten'),
  });
  const { maxAccessTokenLifetimeMs } = config.events;
  const news = new SessionNews({ memory, feed, maxAccessTokenLifetimeMs });
  // Of no operation of a caller's.
  const sessionsOf = (tenant: TenantId | null) =>
    fusionAuth.tenant(tenant ?? config.fusionAuth.tenantId).during({ calls: 0 }).sessions;
  const unanswered = new UnansweredEndings({
    news,
    sessionsOf,
    onFailure: (error) => logger.warn({ err: error }, 'not known whether a session has ended'),
  });
  const ports: EndSessionsPorts = {
    news,
    unanswered,
    audit: {
      record(entry) {
        for (const log of auditLogs) log.record(entry);
      },
    },
    clock: laterClock(clock, fusionAuth.skew),
    endingBudgetMs: config.endingBudgetMs,
    recentSignInSeconds: config.recentSignInSeconds,
    onSideFailure: (error, requestId) => logger.warn({ requestId, err: error }, 'side lookup failed'),
  };
  const schema = createSchema({
    enforceSessionLimit: new EnforceSessionLimit({
      ...ports,
      userLock: new InProcessUserLock({ maxWaiting: maxWaitingPerUser, maxWaitMs: config.userLockMaxWaitMs }),
      onRound: (progress) =>
        logger.info(progress, 'enforcing in rounds: the user has more sessions than one list holds'),
    }),
    revokeSession: new RevokeSession(ports),
    revokeSessions: new RevokeSessions(ports),
    readRevocations: new ReadRevocations(memory),
  });
  const { limits } = config;
  const trustedDocuments =
    config.trustedDocumentsFile === null ? null : await readTrustedDocuments(config.trustedDocumentsFile);
  const rateLimit = new CallerRateLimit(limits.rateLimit);
  const spend: SpendPoints = (caller, points) => rateLimit.spend(caller, points);
  const apollo = await startApollo({
    schema,
    logger,
    introspection: config.introspection,
    limits,
    spend,
    trustedDocuments,
    compileQueries: overrides.compileQueries ?? true,
  });

  const { accessTokens } = config;
  const authenticator = new Authenticator(
    new ServiceKeyAuthenticator(secrets.serviceKeys, clock),
    accessTokens === null ? null : new AccessTokenAuthenticator(fusionAuthUrl, accessTokens, clock),
    (token) => memory.refuses(token),
  );
  const operations: RecognitionOptions & { readonly createScope: CreateScope; readonly checkDocument: DocumentCheck } =
    {
      authenticate: (authorization) => authenticator.authenticate(authorization),
      chooseTenant: (caller, header) => chooseTenant(caller, header, config.fusionAuth.tenantId),
      createScope({ caller, tenantId, requestId, time }) {
        const upstream = { calls: 0 };
        const operation = fusionAuth.tenant(tenantId).during(upstream);
        const access = createAccess(caller, operation.sessions, operation.directory);
        const { sessions, directory } = operation.until(time.signal);
        const reads = createReads(createAccess(caller, sessions, directory), directory);
        const countResults = createResultCount();
        return {
          caller,
          tenantId,
          requestId,
          clock: fusionAuthClock,
          time,
          access,
          reads,
          events: feed,
          countResults,
          upstream,
        };
      },
      spend,
      checkDocument: createDocumentCheck(limits.maxQueryCharacters, trustedDocuments),
    };
  const onHearFailure = (error: unknown, { id, kind }: FusionAuthEvent) =>
    logger.error({ eventId: id, event: kind, err: error }, 'event not heard');
  const hearing = new HearFusionAuthEvent({
    news,
    sessionsOf,
    tenantId: config.fusionAuth.tenantId,
    onFailure: onHearFailure,
  });
  const webhook = config.webhook && {
    ...config.webhook,
    receiver: new WebhookReceiver({
      ...config.webhook,
      secrets: secrets.webhook,
      fusionAuthUrl,
      clock,
      hear: (event) => {
        fusionAuth.skew.observeEvent(event.occurredAt);
        return hearing.execute(event);
      },
      onHearFailure,
    }),
  };
  const http = createHttpServer({
    logger,
    graphQL: {
      apollo,
      ...operations,
      operationTimeoutMs: limits.operationTimeoutMs,
      maxConcurrentOperations: limits.maxConcurrentOperations,
    },
    subscriptions: {
      ...operations,
      ...config.subscriptions,
      subscribe: createSubscribe({ schema, logger, introspection: config.introspection, limits }),
      onRevoked: (caller, callback) => watchCredentials(feed, memory, caller, callback),
      clock,
    },
    health: { check: () => fusionAuth.check(), maxAgeMs: config.readinessMaxAgeMs },
    webhook,
    graphiql: config.graphiql ? graphiqlOf(config, secrets.demoServiceKey) : null,
    ...config.http,
    silenceTimeoutMs: silenceTimeoutMs(config),
  });

  const dispose = async () => {
    const cutOff = setTimeout(() => {
      http.server.closeAllConnections();
      void fusionAuth[Symbol.asyncDispose]();
    }, config.http.shutdownTimeoutMs);
    feed.close();
    unanswered[Symbol.dispose]();
    await http.close();
    await apollo.stop();
    await fusionAuthAuditLog[Symbol.asyncDispose]();
    clearTimeout(cutOff);
    await fusionAuth[Symbol.asyncDispose]();
  };
  try {
    await http.listen({ host: config.http.host, port: config.http.port });
  } catch (error) {
    await dispose();
    throw error;
  }
  memory.begin();
  const url = urlOf(http.server.address() as AddressInfo);
  logger.info({ url, fusionAuthUrl, tenantId: config.fusionAuth.tenantId }, 'listening');
  return { url, [Symbol.asyncDispose]: dispose };
}

/** The key of a demo is known to everybody who can reach it; one in front of a real FusionAuth is shown to nobody. */
function graphiqlOf(config: Config, demoServiceKey: string | null): GraphiQLOptions {
  const isDemo = config.fusionAuth.url === null;
  return {
    introspection: config.introspection,
    demoKey: isDemo && isLoopback(config.http.host) ? demoServiceKey : null,
    exampleUserId: isDemo ? demoUserId : null,
  };
}

/** Longer than subscriptions are silent, which send a comment every 12 seconds. */
const minSilenceTimeoutMs = 30_000;

/**
 * A mutation that meets its deadline with revocations under way waits for these, and for one list that tells what
 * became of them. The rest is slack.
 */
function silenceTimeoutMs({ limits, fusionAuth }: Config): number {
  return Math.max(minSilenceTimeoutMs, limits.operationTimeoutMs + 3 * fusionAuth.callBudgetMs);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
