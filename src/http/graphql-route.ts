import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { executedMutations } from '../application/operation/executed-mutations.js';
import type { FindDocument, FoundDocument } from '../application/operation/find-document.js';
import { type LoopTurns, laneOf } from '../application/operation/loop-turns.js';
import type { OperationScope } from '../application/operation/operation-scope.js';
import { upstreamCallsHeader } from '../application/operation/upstream-calls-header.js';
import { saysBearer } from '../tokens/bearer.js';
import { lineIn, turnToBegin } from './begin-in-turn.js';
import { sendError, sendRateLimited, withRequestId } from './errors.js';
import { wantsEventStream } from './event-stream.js';
import { bodyWithoutEmpty, givenIn, type Parameters } from './graphql-parameters.js';
import { parseLongBodiesInTurn } from './long-bodies.js';
import { startOperationClock } from './operation-clock.js';
import { type CreateScope, type RecognitionOptions, recogniseCaller, recognisedIn } from './recognise-caller.js';
import { acceptedMediaType } from './response-media-type.js';
import type { Share } from './share.js';
import type { SubscriptionHandler } from './subscription-route.js';

export interface GraphQLRouteOptions extends RecognitionOptions {
  readonly apollo: ApolloServer<OperationScope>;
  readonly createScope: CreateScope;
  readonly turns: LoopTurns;
  /** Finds the document that a request names or holds, before the engine sees the request. */
  readonly findDocument: FindDocument;
  readonly operationTimeoutMs: number;
  /** The largest answer, in bytes. */
  readonly maxResponseBytes: number;
}

/**
 * Serves GraphQL over HTTP at `/graphql`, for queries and mutations. Clients with a single address send subscriptions
 * here, too, which their `Accept` header shows.
 * @param running Counts the operations that run at the same time. A further one is refused at once.
 */
export function registerGraphQL(
  app: FastifyInstance,
  options: GraphQLRouteOptions,
  subscribe: SubscriptionHandler,
  running: Share,
): void {
  parseLongBodiesInTurn(app, options.turns);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: recogniseCaller(options),
    handler: async (request, reply) => {
      if (request.method !== 'HEAD' && wantsEventStream(request)) return subscribe(request, reply);
      const mediaType = acceptedMediaType(request.headers.accept);
      // Apollo Server would find out after it has executed a mutation.
      if (mediaType === null) return sendError(reply, 406, 'BAD_REQUEST', acceptOther);
      // Apollo Server reports the fault of requests of another shape.
      const parameters = givenIn(request);
      if (parameters.kind === 'problem') return sendError(reply, 400, 'BAD_REQUEST', parameters.problem);
      const { given } = parameters;
      const found = options.findDocument(given);
      if (found.kind === 'refused') return sendError(reply, 400, found.code, found.message);
      const leave = running.enter(recognisedIn(request).caller);
      if (typeof leave === 'string') {
        options.telemetry.workRefused('concurrentOperations');
        return leave === 'full'
          ? sendRateLimited(reply, 503, tooManyOperations, overloadRetryAfterSeconds)
          : sendRateLimited(reply, 429, tooManyOfCaller, overloadRetryAfterSeconds);
      }
      const clock = startOperationClock(reply, options.operationTimeoutMs);
      let executed: Executed;
      try {
        executed = await execute(request, toHttpGraphQLRequest(request, given, found, mediaType), clock.time, options);
      } finally {
        leave();
        clock.stop();
      }
      return sendAnswer(request, reply, executed, options);
    },
  });
}

interface Executed {
  readonly response: HTTPGraphQLResponse;
  /** What its mutations have done. */
  readonly mutations: ReturnType<typeof executedMutations>;
}

/** Executes an operation in its turn. Nothing of the operation is held while its answer waits to be sent. */
async function execute(
  request: FastifyRequest,
  httpGraphQLRequest: HTTPGraphQLRequest,
  time: OperationScope['time'],
  { apollo, createScope, telemetry, turns }: GraphQLRouteOptions,
): Promise<Executed> {
  const recognised = recognisedIn(request);
  let scope: OperationScope | null = null;
  try {
    await turnToBegin(request, turns);
    const run = () =>
      apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: async () => {
          scope = createScope({ ...recognised, requestId: request.id, time });
          return scope;
        },
      });
    const { tracing } = telemetry;
    const response = await (tracing === null ? run() : tracing.operation(run));
    return { response, mutations: mutationsIn(scope) };
  } finally {
    endWork(scope);
  }
}

// Functions, because the compiler does not see what the engine assigns.

function mutationsIn(scope: OperationScope | null): Executed['mutations'] {
  return scope === null ? [] : executedMutations(scope);
}

function endWork(scope: OperationScope | null): void {
  scope?.work.end();
}

/** Sends an answer, a long one in its turn. */
async function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { response, mutations }: Executed,
  { telemetry, turns, maxResponseBytes }: GraphQLRouteOptions,
): Promise<FastifyReply> {
  if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported');
  const { caller } = recognisedIn(request);
  const text = response.body.string;
  const units = text.length / charactersOfUnit;
  await turns.next(laneOf({ caller, work: { units } }), lineIn(request), units);
  for (const [name, value] of response.headers) reply.header(name, value);
  const status = response.status ?? 200;
  // Node.js writes long texts several times slower than bytes.
  const body = text.length > charactersOfLong ? Buffer.from(text) : text;
  if (Buffer.byteLength(body) > maxResponseBytes) {
    telemetry.workRefused('answer');
    const message = `The answer has more than ${maxResponseBytes} bytes. Ask for fewer objects or fields.`;
    return sendError(
      reply,
      400,
      'BAD_REQUEST',
      message,
      {},
      mutations.length > 0 ? { executed: mutations } : undefined,
    );
  }
  return reply.status(status).send(status < 400 ? body : withRequestId(text, request.id));
}

/** The characters of an answer that take one unit of work to send. */
const charactersOfUnit = 150;
const charactersOfLong = 50_000;

const acceptOther =
  'Operations are answered as application/json or application/graphql-response+json: accept one of them.';
const tooManyOperations = 'Too many operations are running already. Call again later.';
const tooManyOfCaller = 'Too many operations of this caller are running already. Wait for their answers.';
const overloadRetryAfterSeconds = 1;

/**
 * The headers that the engine reads, besides `accept`: for defence against CSRF and extensions. Copying few is cheap.
 */
const relevantHeaders = [
  'content-type',
  'x-apollo-operation-name',
  'apollo-require-preflight',
  upstreamCallsHeader,
] as const;

function toHttpGraphQLRequest(
  request: FastifyRequest,
  given: Parameters,
  found: FoundDocument,
  mediaType: string,
): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  headers.set('accept', mediaType);
  for (const name of relevantHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  // The engine's CSRF prevention needs only the scheme: browsers preflight a request with a bearer token. The token is
  // a secret, and stays here.
  if (saysBearer(request.headers.authorization)) headers.set('authorization', 'Bearer');
  const { method } = request;
  // The engine gets the checked parameters, serialised anew, so that it cannot read them differently. It knows
  // documents by their text only.
  const parameters = found.kind === 'by-id' ? { ...given, query: found.query } : given;
  return method === 'GET'
    ? { method, headers, search: searchOf(parameters), body: undefined }
    : { method, headers, search: '', body: found.kind === 'by-id' ? parameters : bodyWithoutEmpty(request.body) };
}

function searchOf(parameters: Parameters): string {
  return `?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, `${value}`]))}`;
}
