import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { upstreamCallsHeader } from '../application/operation/upstream-calls-header.js';

const preflightMaxAgeSeconds = 600;

/** The headers that GraphQL clients, event streams and tracing in browsers send, and those of this API. */
const headersOfClients = [
  'accept',
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'baggage',
  'cache-control',
  'content-type',
  'graphql-require-preflight',
  'last-event-id',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'x-apollo-operation-name',
  'x-fusionauth-tenantid',
  'x-request-id',
  upstreamCallsHeader,
];

/**
 * Lets pages of these origins call from a browser. Preflight requests need no credentials, because browsers send none
 * with them, and cookies are never requested. Pages of other origins may neither read an answer nor send the content
 * type that an operation needs.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function registerCrossOrigin(
  app: FastifyInstance,
  { origins, headers }: { readonly origins: readonly string[]; readonly headers: readonly string[] },
): void {
  app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [...new Set([...headersOfClients, ...headers])],
    exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: preflightMaxAgeSeconds,
  });
}
