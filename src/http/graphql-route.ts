import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperationScope } from '../application/operation-scope.js';
import type { Caller } from '../domain/caller.js';
import { sendError } from './errors.js';

export interface GraphQLRouteOptions {
  readonly apollo: ApolloServer<OperationScope>;
  /** Null when the credentials are not valid. */
  readonly authenticate: (authorization: string | undefined) => Caller | null;
  readonly createScope: (caller: Caller, requestId: string) => OperationScope;
}

/** GraphQL over HTTP at `/graphql`. Callers are known before the body is read; without credentials nothing runs. */
export function registerGraphQL(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const { apollo, authenticate, createScope } = options;
  app.decorateRequest('caller', null);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: async (request, reply) => {
      const caller = authenticate(request.headers.authorization);
      if (caller === null) {
        reply.header('www-authenticate', 'Bearer realm="fusionauth-sessions"');
        return sendError(
          reply,
          401,
          'UNAUTHENTICATED',
          'Send a valid service key as `Authorization: Bearer <service key>`.',
        );
      }
      request.caller = caller;
      return undefined;
    },
    handler: async (request, reply) => {
      const { caller } = request;
      if (caller === null) throw new Error('A request without a caller reached the handler');
      const response = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toHttpGraphQLRequest(request),
        context: async () => createScope(caller, request.id),
      });
      if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported');
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.header('cache-control', 'no-store');
      return reply.status(response.status ?? 200).send(response.body.string);
    },
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** The headers Apollo Server looks at: content negotiation and its defence against CSRF. Copying four is cheap. */
const relevantHeaders = ['accept', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'] as const;

function toHttpGraphQLRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const name of relevantHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const queryStart = request.url.indexOf('?');
  return {
    method: request.method,
    headers,
    search: queryStart === -1 ? '' : request.url.slice(queryStart),
    body: request.body,
  };
}
