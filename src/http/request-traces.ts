import type { FastifyInstance } from 'fastify';
import type { HttpTracing, RequestTrace } from './telemetry.js';

/** Makes each request a step of a trace. Probes are none, nor are requests for what does not exist. */
export function registerRequestTraces(app: FastifyInstance, tracing: HttpTracing): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers } = request;
    const { url: route } = request.routeOptions;
    if (route !== undefined && !route.startsWith('/health/')) {
      const trace = tracing.requestBegun({ method, route, headers });
      request.trace = trace;
      const { raw } = reply;
      // Also when the client has gone before it was answered.
      raw.once('close', () => trace.end(raw.headersSent ? raw.statusCode : null));
    }
    done();
  });
  // Here and not before: what the body of a request arrives in belongs to the connection.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.trace === null) done();
    else request.trace.run(done);
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nobody traces. */
    trace: RequestTrace | null;
  }
}
