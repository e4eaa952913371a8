import type { FastifyInstance } from 'fastify';
import type { HttpTracing, RequestTrace } from './telemetry.js';

/** Makes each request a step of a trace, except for probes and unknown paths. */
export function registerRequestTraces(app: FastifyInstance, tracing: HttpTracing): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers } = request;
    const { url: route } = request.routeOptions;
    if (route !== undefined && !route.startsWith('/health/')) {
      const trace = tracing.requestBegun({ method, route, headers });
      request.trace = trace;
      const { raw } = reply;
      // Emitted even when the client leaves before the answer.
      raw.once('close', () => trace.end(raw.headersSent ? raw.statusCode : null));
    }
    done();
  });
  // Entered only here, because the body of a request arrives in the context of its connection.
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
