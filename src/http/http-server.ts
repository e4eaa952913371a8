import { randomUUID } from 'node:crypto';
import { maxHeaderSize } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import Fastify, { type FastifyInstance } from 'fastify';
import { limitConnections } from './address-limits.js';
import { limitBodiesUnderWay } from './bodies-under-way.js';
import { limitBodyPieces } from './body-pieces.js';
import { ClientAddresses } from './client-address.js';
import { answerClientErrors } from './client-errors.js';
import { registerCrossOrigin } from './cross-origin.js';
import { registerErrorHandlers } from './errors.js';
import { type GraphiQLOptions, registerGraphiQL } from './graphiql.js';
import { type GraphQLRouteOptions, registerGraphQL } from './graphql-route.js';
import { type HealthOptions, registerHealth } from './health.js';
import { registerLingeringClose } from './lingering-close.js';
import { type DiscoveryOptions, registerDiscovery } from './oauth/discovery.js';
import { type GlobalRevocationOptions, registerGlobalRevocation } from './oauth/global-revocation.js';
import { registerTokenEndpoints, type TokenEndpointsOptions } from './oauth/token-endpoints.js';
import { limitUnansweredRequests } from './pipelined-requests.js';
import { parseParameters } from './query-parameters.js';
import { routedTarget } from './request-target.js';
import { registerRequestTraces } from './request-traces.js';
import { registerSchema, type SchemaRouteOptions } from './schema-route.js';
import { registerSecurityHeaders } from './security-headers.js';
import { Share } from './share.js';
import { cutOffSlowReaders } from './slow-readers.js';
import { type Drain, registerStopping } from './stopping.js';
import { createSubscriptionHandler, registerSubscriptions, type SubscriptionOptions } from './subscription-route.js';
import type { HttpTelemetry } from './telemetry.js';
import { WaitingAnswers } from './waiting-answers.js';
import { registerWebhook, type WebhookRouteOptions } from './webhook-route.js';
import { registerWellFormedRequests } from './well-formed.js';
import { withoutSchemas } from './without-schemas.js';

export interface HttpServerOptions {
  readonly telemetry: HttpTelemetry;
  readonly graphQL: GraphQLRouteOptions;
  readonly subscriptions: SubscriptionOptions;
  /** How many operations run at the same time. A further one is refused at once. */
  readonly maxConcurrentOperations: number;
  /** The share of them that users leave to services, in percent. */
  readonly serviceReservePercent: number;
  /** Null where no token can be presented. */
  readonly tokenEndpoints: TokenEndpointsOptions | null;
  /** Null where no identity provider may have sessions ended. */
  readonly globalRevocation: GlobalRevocationOptions | null;
  /** Null where no public URL is configured. */
  readonly discovery: DiscoveryOptions | null;
  readonly health: HealthOptions;
  /** Null when events of FusionAuth are not taken. */
  readonly webhook: WebhookRouteOptions | null;
  /** Adds the console. Null where there is none. */
  readonly registerConsole: ((app: FastifyInstance) => void) | null;
  /** Null where callers may not read the schema. */
  readonly schema: SchemaRouteOptions | null;
  /** Null where `GET /` does not offer GraphiQL. */
  readonly graphiql: GraphiQLOptions | null;
  /** The largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long a connection is kept on which no request comes, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
  /** How long a connection may be silent, in milliseconds: longer than any operation takes. */
  readonly silenceTimeoutMs: number;
  /** A further connection is closed as soon as it is opened. */
  readonly maxConnections: number;
  /** Connections of one address. They are not counted where it is not configured whether there are proxies. */
  readonly maxAddressConnections: number;
  /**
   * Addresses and subnets of proxies that are trusted to name the client's address; null when that is not configured.
   */
  readonly trustedProxies: readonly string[] | null;
  /** The prefix of every path where clients see the service, which requests may lack; empty for none. */
  readonly basePath: string;
  readonly writeTimeoutMs: number;
  readonly maxUnreadBytes: number;
  readonly drain: Drain;
  /** Origins whose pages may call from a browser; null for the service's own only. */
  readonly corsOrigins: readonly string[] | null;
  /** Names of headers that these pages may send besides the usual ones. */
  readonly corsHeaders: readonly string[];
}

/** The most time for the headers of a request, in milliseconds. */
const maxHeadersTimeoutMs = 10_000;

/** How often connections are checked for their time limits, in milliseconds. */
const maxCheckIntervalMs = 1_000;

/**
 * How many connections the kernel holds until they are accepted; net.core.somaxconn may limit it further. With Node's
 * default of 511, a further connection in a burst of logins waits a second until its SYN is sent again.
 */
export const listenBacklog = 4_096;

/** The HTTP server, with every route, not listening yet. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { telemetry } = options;
  const app = createApp(options);
  identifyRequests(app, options);
  reportAnswers(app, telemetry);
  cutOffSlowReaders(app.server, new WaitingAnswers(app.server), options);
  registerSecurityHeaders(app);
  registerStopping(app, options.drain);
  registerWellFormedRequests(app);
  registerLingeringClose(app);
  answerClientErrors(app.server, telemetry);
  limitUnansweredRequests(app.server, telemetry);
  if (options.corsOrigins !== null) {
    registerCrossOrigin(app, { origins: options.corsOrigins, headers: options.corsHeaders });
  }
  registerErrorHandlers(app, telemetry, options.maxBodyBytes);
  limitBodiesUnderWay(app, shareOfOperations(options), telemetry);
  limitBodyPieces(app);
  registerRoutes(app, options);
  return app;
}

function createApp({ basePath, ...options }: HttpServerOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: options.maxBodyBytes,
    schemaController: withoutSchemas,
    // Some clients and proxies end every path with a slash. A parameter may be as long as a request: above its own
    // limit the framework would answer, and repeat the text of the request.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize, querystringParser: parseParameters },
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    connectionTimeout: options.silenceTimeoutMs,
    http: {
      headersTimeout: Math.min(maxHeadersTimeoutMs, options.requestTimeoutMs),
      connectionsCheckingInterval: Math.min(maxCheckIntervalMs, options.requestTimeoutMs),
      // Node.js would answer a request without a host itself, in another form.
      requireHostHeader: false,
    },
    rewriteUrl: (request) => routedTarget(request, basePath),
    genReqId: ({ headers }) => requestIdFrom(headers['x-request-id']) ?? randomUUID(),
    // The framework would answer in another form.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  app.server.maxConnections = options.maxConnections;
  // Node.js would leave out those behind the thousandth, such as a second Host, the tenant, or the client's address that a
  // proxy adds. The size of all headers bounds their number.
  app.server.maxHeadersCount = 0;
  // No route accepts it, although the framework does by default.
  app.removeContentTypeParser('text/plain');
  return app;
}

/** Gives each request an id, the address of its client, and its trace. */
function identifyRequests(app: FastifyInstance, options: HttpServerOptions): void {
  const { telemetry, trustedProxies, maxAddressConnections } = options;
  const addresses = new ClientAddresses(trustedProxies ?? []);
  if (trustedProxies !== null) limitConnections(app.server, telemetry, { addresses, maxAddressConnections });
  app.decorateRequest('clientAddress', '');
  app.decorateRequest('recognised', null);
  app.decorateRequest('trace', null);
  if (telemetry.tracing !== null) registerRequestTraces(app, telemetry.tracing);
  // Hooks that wait for nothing are not async, because each async hook costs every request a microsecond.
  app.addHook('onRequest', (request, reply, done) => {
    request.clientAddress = addresses.of(request.raw);
    reply.header('x-request-id', request.id);
    done();
  });
}

/** Also of requests whose client has left before the end of the answer, of which `onResponse` says nothing. */
function reportAnswers(app: FastifyInstance, telemetry: HttpTelemetry): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply;
    const startedAt = performance.now();
    // The framework and Node.js have ten on the answer of a stream.
    raw.setMaxListeners(20);
    raw.once('close', () =>
      telemetry.requestAnswered({
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: raw.headersSent ? raw.statusCode : null,
        durationMs: performance.now() - startedAt,
        clientAddress: request.clientAddress,
        caller: request.recognised?.caller.name,
        ...(request.trace === null ? {} : { traceId: request.trace.traceId }),
      }),
    );
    done();
  });
}

function registerRoutes(app: FastifyInstance, options: HttpServerOptions): void {
  const subscribe = createSubscriptionHandler(options.subscriptions);
  const running = shareOfOperations(options);
  registerGraphQL(app, options.graphQL, subscribe, running);
  registerSubscriptions(app, options.graphQL, subscribe);
  if (options.schema !== null) registerSchema(app, options.schema);
  registerHealth(app, options.health);
  if (options.webhook !== null) registerWebhook(app, options.telemetry, options.webhook);
  options.registerConsole?.(app);
  if (options.tokenEndpoints !== null) registerTokenEndpoints(app, options.tokenEndpoints, running);
  if (options.globalRevocation !== null) registerGlobalRevocation(app, options.globalRevocation, running);
  if (options.discovery !== null) registerDiscovery(app, options.discovery);
  if (options.graphiql !== null) registerGraphiQL(app, options.graphiql);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The address of the client: the other end of the connection, or the address that trusted proxies name. */
    clientAddress: string;
  }
}

/** A caller's own id for the request, so that its logs and ours can be joined, if it is harmless in a log line. */
function requestIdFrom(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : undefined;
}

function shareOfOperations({ maxConcurrentOperations, serviceReservePercent }: HttpServerOptions): Share {
  return new Share(affordable(maxConcurrentOperations), serviceReservePercent, userOperationsPercent);
}

/** The share of one user in the operations of all users. A user may send any number without waiting for answers. */
const userOperationsPercent = 20;

/** The memory of an operation with a short answer, in bytes: mostly the sessions of a user. */
const bytesOfOperation = 1_500_000;

/** Lowers the number of concurrent operations in a small heap, which they would fill. */
function affordable(maxConcurrentOperations: number): number {
  return Math.min(maxConcurrentOperations, Math.ceil(getHeapStatistics().heap_size_limit / bytesOfOperation));
}
