import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';

/** `systemConfiguration.corsConfiguration`. Other members are kept and returned. */
export const corsConfigurationJson = z.looseObject({
  enabled: z.boolean().optional(),
  allowCredentials: z.boolean().optional(),
  allowedHeaders: z.array(z.string()).optional(),
  allowedMethods: z.array(z.string()).optional(),
  allowedOrigins: z.array(z.string()).optional(),
  exposedHeaders: z.array(z.string()).optional(),
  preflightMaxAgeInSeconds: z.number().int().nonnegative().optional(),
});

type CorsConfiguration = z.output<typeof corsConfigurationJson>;

/**
 * Answers calls from other origins as `corsConfiguration` says. While it is not enabled, nothing is added and browsers keep
 * answers from their pages. Otherwise a call from an origin that is not allowed, and a preflight for a method or a header
 * that is not, answers 403 without a body: the documentation names no status, and the call must not succeed.
 */
export function applyCors(app: FastifyInstance, context: EmulatorContext): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    const cors = corsConfigurationJson.safeParse(context.store.systemConfiguration['corsConfiguration']).data;
    if (cors?.enabled !== true || origin === undefined || isOwnOrigin(request, origin)) {
      return;
    }
    reply.header('vary', 'Origin');
    const { allowedOrigins = [] } = cors;
    if (!allowedOrigins.includes(origin) && !allowedOrigins.includes('*')) {
      return reply.code(403).send();
    }
    const requested = request.headers['access-control-request-method'];
    const isPreflight = request.method === 'OPTIONS' && requested !== undefined;
    if (isPreflight && !permitsPreflight(cors, request, requested)) {
      return reply.code(403).send();
    }
    allowOrigin(cors, origin, reply);
    if (isPreflight) {
      return answerPreflight(cors, reply);
    }
    if (cors.exposedHeaders !== undefined && cors.exposedHeaders.length > 0) {
      reply.header('access-control-expose-headers', cors.exposedHeaders.join(','));
    }
    return;
  });
}

/** A browser sends its origin with some calls to the page's own server, too. */
function isOwnOrigin(request: FastifyRequest, origin: string): boolean {
  return origin === `http://${request.headers.host}`;
}

function permitsPreflight(cors: CorsConfiguration, request: FastifyRequest, method: string): boolean {
  const allowedHeaders = (cors.allowedHeaders ?? []).map((name) => name.toLowerCase());
  const headers = `${request.headers['access-control-request-headers'] ?? ''}`.toLowerCase().split(',');
  return (
    (cors.allowedMethods ?? []).includes(method) &&
    headers.map((name) => name.trim()).every((name) => name === '' || allowedHeaders.includes(name))
  );
}

/** With credentials the origin itself must be named: browsers refuse `*` then (Fetch Standard, CORS protocol). */
function allowOrigin(cors: CorsConfiguration, origin: string, reply: FastifyReply): void {
  const isAnyone = cors.allowCredentials !== true && cors.allowedOrigins?.includes('*') === true;
  reply.header('access-control-allow-origin', isAnyone ? '*' : origin);
  if (cors.allowCredentials === true) {
    reply.header('access-control-allow-credentials', 'true');
  }
}

function answerPreflight(cors: CorsConfiguration, reply: FastifyReply): FastifyReply {
  if (cors.preflightMaxAgeInSeconds !== undefined) {
    reply.header('access-control-max-age', cors.preflightMaxAgeInSeconds);
  }
  reply.header('access-control-allow-methods', (cors.allowedMethods ?? []).join(','));
  reply.header('access-control-allow-headers', (cors.allowedHeaders ?? []).join(','));
  return reply.code(200).send();
}
