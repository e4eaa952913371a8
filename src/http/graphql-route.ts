import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperationScope } from '../application/operation/operation-scope.js';
import { sendError, sendRateLimited, withRequestId } from './errors.js';
import { startOperationClock } from './operation-clock.js';
import { parametersOf } from './query-parameters.js';
import { type CreateScope, type RecognitionOptions, recogniseCaller, recognisedIn } from './recognise-caller.js';
import { Share } from './share.js';
import { type SubscriptionHandler, wantsEventStream } from './subscription-route.js';

export interface GraphQLRouteOptions extends RecognitionOptions {
  readonly apollo: ApolloServer<OperationScope>;
  readonly createScope: CreateScope;
  /** Says what is wrong with the text of a query, before anything is made of it; null when nothing is. */
  readonly checkDocument: (query: string) => string | null;
  readonly operationTimeoutMs: number;
  /** How many operations run at the same time; one more is refused at once. */
  readonly maxConcurrentOperations: number;
  /** How many of them users leave to services, in percent. */
  readonly serviceReservePercent: number;
}

/**
 * GraphQL over HTTP at `/graphql`, for queries and mutations. Clients that know one address only send subscriptions here
 * too, and say so by what they accept.
 */
export function registerGraphQL(
  app: FastifyInstance,
  options: GraphQLRouteOptions,
  subscribe: SubscriptionHandler,
): void {
  const { apollo, createScope, maxConcurrentOperations } = options;
  const running = new Share(maxConcurrentOperations, options.serviceReservePercent);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: recogniseCaller(options),
    handler: async (request, reply) => {
      if (request.method === 'POST' && wantsEventStream(request)) return subscribe(request, reply);
      const { caller, tenantId } = recognisedIn(request);
      const repeated = repeatedParameterOf(request);
      if (repeated !== null) return sendError(reply, 400, 'BAD_REQUEST', `The parameter ${repeated} is given twice.`);
      const query = queryOf(request);
      const problem = query === undefined ? null : options.checkDocument(query);
      if (problem !== null) return sendError(reply, 400, 'BAD_REQUEST', problem);
      const leave = running.enter(caller.kind);
      if (leave === null) return sendRateLimited(reply, 503, tooManyOperations, overloadRetryAfterSeconds);

      const clock = startOperationClock(reply, options.operationTimeoutMs);
      let response: HTTPGraphQLResponse;
      try {
        await nextLoopTurn();
        response = await apollo.executeHTTPGraphQLRequest({
          httpGraphQLRequest: toHttpGraphQLRequest(request),
          context: async () => createScope({ caller, tenantId, requestId: request.id, time: clock.time }),
        });
      } finally {
        leave();
        clock.stop();
      }
      await nextLoopTurn();
      if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported');
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.header('cache-control', 'no-store');
      const status = response.status ?? 200;
      const text = response.body.string;
      return reply.status(status).send(status < 400 ? text : withRequestId(text, request.id));
    },
  });
}

/**
 * Requests that arrive together go through GraphQL one right after the other, and then through sending, in place of each
 * through all of it: the code of one stage stays in the caches. A list costs 6 % less CPU time.
 */
function nextLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const tooManyOperations = 'Too many operations are running already. Call again later.';
const overloadRetryAfterSeconds = 1;

/** Undefined when there is none: Apollo Server says what is wrong with requests of another shape. */
function queryOf(request: FastifyRequest): string | undefined {
  if (request.method === 'GET') return parametersOf(request).get('query') ?? undefined;
  const { body } = request;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'query') || !('query' in body))
    return undefined;
  return typeof body.query === 'string' ? body.query : undefined;
}

/** Only one of its values could be meant, and which of them is for each reader to decide. */
function repeatedParameterOf(request: FastifyRequest): 'query' | 'operationName' | 'variables' | 'extensions' | null {
  const parameters = parametersOf(request);
  return parameterNames.find((name) => parameters.getAll(name).length > 1) ?? null;
}

const parameterNames = ['query', 'operationName', 'variables', 'extensions'] as const;

/** The headers GraphQL looks at: content negotiation, defence against CSRF, and what is told. Copying five is cheap. */
const relevantHeaders = [
  'accept',
  'content-type',
  'x-apollo-operation-name',
  'apollo-require-preflight',
  'x-upstream-calls',
] as const;

function toHttpGraphQLRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const name of relevantHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  // Apollo Server parses text: it gets what was found written anew, of which there is no other reading.
  const search = request.method === 'GET' ? `?${parametersOf(request)}` : '';
  return { method: request.method, headers, search, body: request.body };
}
