import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const preflightMaxAgeSeconds = 600;

/**
 * Lets pages of these origins call from a browser. Preflight requests are answered without credentials, as browsers
 * send them; cookies are never asked for. Pages of other origins get no permission to read an answer, and none to send
 * the content type that an operation needs.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function registerCrossOrigin(app: FastifyInstance, origins: readonly string[]): void {
  app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'apollo-require-preflight',
      'authorization',
      'content-type',
      'x-apollo-operation-name',
      'x-fusionauth-tenantid',
      'x-request-id',
      'x-upstream-calls',
    ],
    exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: preflightMaxAgeSeconds,
  });
}
