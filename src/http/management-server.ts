import Fastify, { type FastifyInstance } from 'fastify';
import { type HealthOptions, registerHealth } from './health.js';
import { withoutSchemas } from './without-schemas.js';

interface ManagementServerOptions {
  readonly health: HealthOptions;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly version: string;
}

/** How long a request may take to arrive, in milliseconds. */
const requestTimeoutMs = 5_000;

const maxConnections = 100;

/**
 * The server for operators: metrics, health and version, without credentials, on a port that callers cannot reach. It
 * does not listen yet.
 */
export function createManagementServer({ health, metrics, version }: ManagementServerOptions): FastifyInstance {
  const app = Fastify({
    requestTimeout: requestTimeoutMs,
    bodyLimit: 1,
    forceCloseConnections: true,
    schemaController: withoutSchemas,
  });
  app.server.maxConnections = maxConnections;
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  });
  const lookWhetherReady = registerHealth(app, health);
  app.get('/metrics', async (_request, reply) => {
    // Not waited for, because a hanging FusionAuth must not delay the metrics that show it.
    void lookWhetherReady();
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  app.get('/version', async () => ({ version, node: process.version }));
  app.setNotFoundHandler((_request, reply) => reply.status(404).send());
  app.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) =>
    reply.status(error.statusCode ?? 500).send(),
  );
  return app;
}
