import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FindDocument, FoundDocument } from '../application/operation/find-document.js';
import type { OperationScope } from '../application/operation/operation-scope.js';
import { upstreamCallsHeader } from '../application/operation/upstream-calls-header.js';
import { saysBearer } from '../tokens/bearer.js';
import { sendError, sendRateLimited, withRequestId } from './errors.js';
import { wantsEventStream } from './event-stream.js';
import { bodyWithoutEmpty, givenIn, type Parameters } from './graphql-parameters.js';
import { startOperationClock } from './operation-clock.js';
import { type CreateScope, type RecognitionOptions, recogniseCaller, recognisedIn } from './recognise-caller.js';
import type { Share } from './share.js';
import type { SubscriptionHandler } from './subscription-route.js';

export interface GraphQLRouteOptions extends RecognitionOptions {
  readonly apollo: ApolloServer<OperationScope>;
  readonly createScope: CreateScope;
  /** Finds the document that a request names or holds, before the engine sees the request. */
  readonly findDocument: FindDocument;
  readonly operationTimeoutMs: number;
  /** The longest answer, in bytes. */
  readonly maxResponseBytes: number;
}

/**
 * GraphQL over HTTP at `/graphql`, for queries and mutations. Clients that know one address only send subscriptions
 * here too, and say so by what they accept.
 * @param running Counts the operations that run at the same time; one more than it admits is refused at once.
 */
export function registerGraphQL(
  app: FastifyInstance,
  options: GraphQLRouteOptions,
  subscribe: SubscriptionHandler,
  running: Share,
): void {
  const { apollo, createScope, telemetry } = options;
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: recogniseCaller(options),
    handler: async (request, reply) => {
      if (request.method !== 'HEAD' && wantsEventStream(request)) return subscribe(request, reply);
      const recognised = recognisedIn(request);
      const { caller } = recognised;
      // Apollo Server reports the fault of requests of another shape.
      const parameters = givenIn(request);
      if (parameters.kind === 'problem') return sendError(reply, 400, 'BAD_REQUEST', parameters.problem);
      const found = options.findDocument(parameters.given);
      if (found.kind === 'refused') return sendError(reply, 400, found.code, found.message);
      const leave = running.enter(caller);
      if (typeof leave === 'string') {
        telemetry.workRefused('concurrentOperations');
        return leave === 'full'
          ? sendRateLimited(reply, 503, tooManyOperations, overloadRetryAfterSeconds)
          : sendRateLimited(reply, 429, tooManyOfCaller, overloadRetryAfterSeconds);
      }

      const clock = startOperationClock(reply, options.operationTimeoutMs);
      let response: HTTPGraphQLResponse;
      let scope: OperationScope | null = null;
      try {
        await nextLoopTurn();
        const execute = () =>
          apollo.executeHTTPGraphQLRequest({
            httpGraphQLRequest: toHttpGraphQLRequest(request, parameters.given, found),
            context: async () => {
              scope = createScope({ ...recognised, requestId: request.id, time: clock.time });
              return scope;
            },
          });
        const { tracing } = telemetry;
        response = await (tracing === null ? execute() : tracing.operation(execute));
      } finally {
        endWork(scope);
        leave();
        clock.stop();
      }
      await nextLoopTurn();
      if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported');
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.header('cache-control', 'no-store');
      const status = response.status ?? 200;
      const text = response.body.string;
      if (Buffer.byteLength(text) > options.maxResponseBytes) {
        telemetry.workRefused('answer');
        const message = `The answer has more than ${options.maxResponseBytes} bytes. Ask for fewer objects or fields.`;
        return sendError(reply, 400, 'BAD_REQUEST', message);
      }
      return reply.status(status).send(status < 400 ? text : withRequestId(text, request.id));
    },
  });
}

/** A function, because the compiler does not see what the engine assigns. */
function endWork(scope: OperationScope | null): void {
  scope?.work.end();
}

/**
 * Requests that arrive together go through GraphQL one right after the other, and then through sending, in place of
 * each through all of it: the code of one stage stays in the caches. A list costs 6 % less CPU time.
 */
function nextLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const tooManyOperations = 'Too many operations are running already. Call again later.';
const tooManyOfCaller = 'Too many operations of this caller are running already. Wait for their answers.';
const overloadRetryAfterSeconds = 1;

/**
 * The headers that the engine reads: for content negotiation, defence against CSRF and extensions. Copying few is
 * cheap.
 */
const relevantHeaders = [
  'accept',
  'content-type',
  'x-apollo-operation-name',
  'apollo-require-preflight',
  upstreamCallsHeader,
] as const;

function toHttpGraphQLRequest(request: FastifyRequest, given: Parameters, found: FoundDocument): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const name of relevantHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  // A browser asks before it sends a bearer token to another site. The value is a secret, and stays here.
  if (saysBearer(request.headers.authorization)) headers.set('authorization', 'Bearer');
  const { method } = request;
  // The engine knows documents by their text only, and gets the parameters that were checked, written anew, so that it
  // cannot read them otherwise.
  const parameters = found.kind === 'by-id' ? { ...given, query: found.query } : given;
  return method === 'GET'
    ? { method, headers, search: searchOf(parameters), body: undefined }
    : { method, headers, search: '', body: found.kind === 'by-id' ? parameters : bodyWithoutEmpty(request.body) };
}

function searchOf(parameters: Parameters): string {
  return `?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, `${value}`]))}`;
}
