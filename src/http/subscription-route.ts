import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FindDocument, FoundDocument } from '../application/operation/find-document.js';
import type { LoopTurns } from '../application/operation/loop-turns.js';
import type { OperationScope } from '../application/operation/operation-scope.js';
import type { StreamedResult, SubscriptionRequest } from '../application/operation/subscription.js';
import { turnToBegin } from './begin-in-turn.js';
import { sendError, sendRateLimited } from './errors.js';
import { acceptsEventStream, EventMessages, eventStream, lastEventIdOf } from './event-stream.js';
import { givenIn, type Parameters } from './graphql-parameters.js';
import { type CreateScope, type RecognitionOptions, recogniseCaller, recognisedIn } from './recognise-caller.js';
import type { SubscriptionCount } from './subscription-count.js';
import { type SubscriptionLifetimeOptions, startLifetime } from './subscription-lifetime.js';
import type { HttpTelemetry } from './telemetry.js';

export interface SubscriptionOptions extends SubscriptionLifetimeOptions {
  readonly count: SubscriptionCount;
  readonly createScope: CreateScope;
  readonly subscribe: (request: SubscriptionRequest, scope: OperationScope) => Promise<Subscribed>;
  /** Finds the document that a request names or holds, before the engine sees the request. */
  readonly findDocument: FindDocument;
  readonly telemetry: HttpTelemetry;
  readonly turns: LoopTurns;
}

type Subscribed =
  | { readonly kind: 'results'; readonly results: AsyncIterator<StreamedResult, void> }
  | { readonly kind: 'refused'; readonly errors: Errors };

type Errors = readonly { readonly extensions: Readonly<Record<string, unknown>> }[];

const tooMany = 'Too many subscriptions are open. Close one, or call again later.';
const tooManyRetryAfterSeconds = 10;

/** Answers a request of a caller who is known. */
export type SubscriptionHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Serves subscriptions at `/graphql/stream`. */
export function registerSubscriptions(
  app: FastifyInstance,
  recognition: RecognitionOptions,
  handle: SubscriptionHandler,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    // HEAD would open a subscription that sends nothing.
    exposeHeadRoute: false,
    onRequest: recogniseCaller(recognition),
    handler: async (request, reply) => {
      if (acceptsEventStream(request)) return handle(request, reply);
      return sendError(reply, 406, 'BAD_REQUEST', `Subscriptions are answered as ${eventStream}: accept that.`);
    },
  });
}

/**
 * Serves subscriptions by GraphQL over SSE, with one connection for each operation. It is plain HTTP, so callers are
 * recognised, limited and logged as they are for queries, and proxies need nothing new. A comment every 12 seconds
 * keeps the connection alive.
 * @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
export function createSubscriptionHandler(options: SubscriptionOptions): SubscriptionHandler {
  const { createScope, subscribe, findDocument, telemetry, count, turns } = options;
  return async (request, reply) => {
    const { caller } = recognisedIn(request);
    if (request.method === 'POST' && !isObject(request.body)) {
      return sendError(reply, 400, 'BAD_REQUEST', 'Send a JSON object.');
    }
    const parameters = givenIn(request);
    if (parameters.kind === 'problem') return sendError(reply, 400, 'BAD_REQUEST', parameters.problem);
    const found = findDocument(parameters.given);
    if (found.kind === 'refused') return sendError(reply, 400, found.code, found.message);
    const asked = toSubscriptionRequest(request, parameters.given, found);
    if (asked.kind === 'problem') return sendError(reply, 400, 'BAD_REQUEST', asked.problem);
    const { subscription } = asked;
    const leave = count.enter(caller);
    if (leave === null) {
      telemetry.workRefused('subscriptions');
      return sendRateLimited(reply, 429, tooMany, tooManyRetryAfterSeconds);
    }
    telemetry.subscriptionOpened();

    const ending = startLifetime(caller, options);
    // Called even when the client has gone already.
    finished(reply.raw, () => {
      leave();
      telemetry.subscriptionClosed();
      ending.abort();
    });
    const time = { deadline: Number.POSITIVE_INFINITY, signal: ending.signal };
    const scope = createScope({ ...recognisedIn(request), requestId: request.id, time });
    await turnToBegin(request, turns);
    const begin = () => subscribe(subscription, scope);
    const { tracing } = telemetry;
    const subscribed = await (tracing === null ? begin() : tracing.operation(begin));
    reply.header('cache-control', 'no-store, no-transform');
    if (subscribed.kind === 'refused') {
      const { errors } = subscribed;
      const { code, retryAfterSeconds } = errors[0]?.extensions ?? {};
      reply.status(statusOf(code)).type('application/json; charset=utf-8');
      if (typeof retryAfterSeconds === 'number') reply.header('retry-after', retryAfterSeconds);
      return reply.send(JSON.stringify({ errors }));
    }
    // The connection closes with the stream, so that waiting for its next request cannot delay a stop of the service.
    reply.header('connection', 'close');
    // A compressing proxy would keep events back. It leaves encoded answers alone, even `identity`, while not all
    // proxies heed no-transform.
    reply.header('content-encoding', 'identity');
    // nginx would keep events back until a buffer is full.
    reply.header('x-accel-buffering', 'no').type(`${eventStream}; charset=utf-8`);
    return reply.send(new EventMessages(subscribed.results));
  };
}

type AskedSubscription =
  | { readonly kind: 'subscription'; readonly subscription: SubscriptionRequest }
  /** The fault of the request. */
  | { readonly kind: 'problem'; readonly problem: string };

function toSubscriptionRequest(
  request: FastifyRequest,
  { operationName = null, variables: given = null }: Parameters,
  found: Exclude<FoundDocument, { readonly kind: 'refused' }>,
): AskedSubscription {
  if (found.kind === 'none') return problem('query must be the text of the subscription.');
  if (operationName !== null && typeof operationName !== 'string') return problem('operationName must be text.');
  const variables = request.method === 'GET' && typeof given === 'string' ? parsed(given) : given;
  if (variables !== null && !isObject(variables)) return problem('variables must be an object.');
  const lastEventId = lastEventIdOf(request);
  const subscription = { query: found.query, operationName, variables: variables ?? {}, lastEventId };
  return { kind: 'subscription', subscription };
}

function problem(text: string): AskedSubscription {
  return { kind: 'problem', problem: text };
}

/** The value of a JSON text; undefined when it is malformed. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function statusOf(code: unknown): number {
  switch (code) {
    case 'FORBIDDEN':
      return 403;
    case 'INTERNAL_SERVER_ERROR':
      return 500;
    // The database that replicas share is away. A client takes 4xx for its own mistake, and does not come back.
    case 'UPSTREAM_UNAVAILABLE':
      return 503;
    default:
      return 400;
  }
}
