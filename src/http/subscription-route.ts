import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FindDocument, FoundDocument } from '../application/operation/find-document.js';
import type { OperationScope } from '../application/operation/operation-scope.js';
import type { StreamedResult, SubscriptionRequest } from '../application/operation/subscription.js';
import type { Caller } from '../domain/caller.js';
import { CredentialsEndedError } from '../domain/errors.js';
import type { Clock } from '../domain/ports/clock.js';
import { sendError, sendRateLimited } from './errors.js';
import { acceptsEventStream, EventMessages, eventStream, lastEventIdOf } from './event-stream.js';
import { givenIn, type Parameters } from './graphql-parameters.js';
import { type CreateScope, type RecognitionOptions, recogniseCaller, recognisedIn } from './recognise-caller.js';
import type { SubscriptionCount } from './subscription-count.js';
import type { HttpTelemetry } from './telemetry.js';

export interface SubscriptionOptions {
  readonly count: SubscriptionCount;
  readonly createScope: CreateScope;
  readonly subscribe: (request: SubscriptionRequest, scope: OperationScope) => Promise<Subscribed>;
  /** Finds the document that a request names or holds, before the engine sees the request. */
  readonly findDocument: FindDocument;
  /** Calls back when the credentials of a caller are revoked; answers how to stop that. */
  readonly onRevoked: (caller: Caller, callback: () => void) => () => void;
  /** How long one may last, in milliseconds. It then ends without an error, and the client subscribes again. */
  readonly maxSubscriptionMs: number;
  readonly clock: Clock;
  readonly telemetry: HttpTelemetry;
}

type Subscribed =
  | { readonly kind: 'results'; readonly results: AsyncIterator<StreamedResult, void> }
  | { readonly kind: 'refused'; readonly errors: Errors };

type Errors = readonly { readonly extensions: Readonly<Record<string, unknown>> }[];

/** Users who follow their own sessions get the event that their current one has ended before the stream ends. */
const lastEventsMs = 100;

const tooMany = 'Too many subscriptions are open. Close one, or call again later.';
const tooManyRetryAfterSeconds = 10;

/** Answers a request of a caller who is known. */
export type SubscriptionHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Subscriptions at `/graphql/stream`. */
export function registerSubscriptions(
  app: FastifyInstance,
  recognition: RecognitionOptions,
  handle: SubscriptionHandler,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    // A stream has no end, and no headers that are worth a subscription of their own.
    exposeHeadRoute: false,
    onRequest: recogniseCaller(recognition),
    handler: async (request, reply) => {
      if (acceptsEventStream(request)) return handle(request, reply);
      return sendError(reply, 406, 'BAD_REQUEST', `Subscriptions are answered as ${eventStream}: accept that.`);
    },
  });
}

/**
 * Subscriptions as GraphQL over SSE in its mode of one connection for each operation: plain HTTP, so that callers are
 * recognised, limited and logged as they are for queries, and proxies need to know of nothing new. Comments keep the
 * connection alive, one every 12 seconds.
 * @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
export function createSubscriptionHandler(options: SubscriptionOptions): SubscriptionHandler {
  const { createScope, subscribe, findDocument, telemetry, count } = options;
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
    // Also when the client has gone already.
    finished(reply.raw, () => {
      leave();
      telemetry.subscriptionClosed();
      ending.abort();
    });
    const time = { deadline: Number.POSITIVE_INFINITY, signal: ending.signal };
    const scope = createScope({ ...recognisedIn(request), requestId: request.id, time });
    const begin = () => subscribe(subscription, scope);
    const { tracing } = telemetry;
    const subscribed = await (tracing === null ? begin() : tracing.operation(begin));
    reply.header('cache-control', 'no-store, no-transform');
    if (subscribed.kind === 'refused') {
      const { errors } = subscribed;
      reply.status(statusOf(errors[0]?.extensions['code'])).type('application/json; charset=utf-8');
      return reply.send(JSON.stringify({ errors }));
    }
    // The next request after a stream may take long to come, and must not delay a stop of the service.
    reply.header('connection', 'close');
    // Proxies that are told to compress leave alone what is encoded, even if it is by nothing; a compressor would keep
    // events back. Not all of them heed no-transform.
    reply.header('content-encoding', 'identity');
    // For nginx, which would keep events back until a buffer is full.
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

/** Undefined for a text that is no JSON. */
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
    default:
      return 400;
  }
}

/** A stream must not outlive the credentials that it was opened with. Abort what is returned when it has ended. */
function startLifetime(
  caller: Caller,
  { clock, maxSubscriptionMs, onRevoked }: Pick<SubscriptionOptions, 'clock' | 'maxSubscriptionMs' | 'onRevoked'>,
): AbortController {
  const ending = new AbortController();
  const endWithError = () => ending.abort(new CredentialsEndedError());
  const credentialsMs = caller.expiresAt === null ? Number.POSITIVE_INFINITY : caller.expiresAt - clock.now();
  const timer =
    credentialsMs <= maxSubscriptionMs
      ? setTimeout(endWithError, Math.max(0, credentialsMs))
      : setTimeout(() => ending.abort(), maxSubscriptionMs);
  const stopWatching = onRevoked(caller, () => setTimeout(endWithError, lastEventsMs).unref());
  ending.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    stopWatching();
  });
  return ending;
}
