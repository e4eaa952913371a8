import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { registerErrorHandlers } from './errors.js';
import { registerGraphiQL } from './graphiql.js';
import { type GraphQLRouteOptions, registerGraphQL } from './graphql-route.js';
import { type HealthOptions, registerHealth } from './health.js';

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly graphQL: GraphQLRouteOptions;
  readonly health: Omit<HealthOptions, 'logger'>;
  /** Whether `GET /` offers GraphiQL. */
  readonly graphiql: boolean;
  /** The largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The HTTP server, with every route, not listening yet. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { logger, maxBodyBytes } = options;
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: options.requestTimeoutMs,
    genReqId: ({ headers }) => requestIdFrom(headers['x-request-id']) ?? randomUUID(),
    // While closing, requests in flight finish; new ones on kept connections are told to go elsewhere.
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        // Without the query, which can hold anything.
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        caller: request.caller?.name,
      },
      'request',
    );
  });

  // An answer that is sent while the server closes must not leave its connection open, which would hold up the stop.
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });

  registerErrorHandlers(app, logger, maxBodyBytes);
  registerGraphQL(app, options.graphQL);
  registerHealth(app, { ...options.health, logger });
  if (options.graphiql) registerGraphiQL(app);
  return app;
}

/** A caller's own id for the request, so that its logs and ours can be joined, if it is harmless in a log line. */
function requestIdFrom(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : undefined;
}
