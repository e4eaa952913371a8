import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OperationScope } from '../application/operation-scope.js';
import type { OperationTime } from '../application/operation-time.js';
import type { Authentication } from '../auth/authenticator.js';
import type { TenantChoice } from '../auth/tenant-choice.js';
import type { Caller } from '../domain/caller.js';
import type { TenantId } from '../domain/ids.js';
import { sendError, sendRateLimited, withRequestId } from './errors.js';
import { startOperationClock } from './operation-clock.js';

export interface GraphQLRouteOptions {
  readonly apollo: ApolloServer<OperationScope>;
  readonly authenticate: (authorization: string | undefined) => Promise<Authentication>;
  /** In which tenant the caller acts, by what it says in X-FusionAuth-TenantId. */
  readonly chooseTenant: (caller: Caller, header: string | undefined) => TenantChoice;
  readonly createScope: (request: RecognisedRequest) => OperationScope;
  /** Takes what a request costs from what its caller may spend. */
  readonly spend: (caller: Caller, points: number) => Promise<Spending>;
  /** Says what is wrong with the text of a query, before anything is made of it; null when nothing is. */
  readonly checkDocument: (query: string) => string | null;
  readonly operationTimeoutMs: number;
  /** How many operations run at the same time; one more is refused at once. */
  readonly maxConcurrentOperations: number;
}

type Spending = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

/** A request of somebody who is known, for a tenant that is known. */
export interface RecognisedRequest {
  readonly caller: Caller;
  readonly tenantId: TenantId | null;
  readonly requestId: string;
  readonly time: OperationTime;
}

/** GraphQL over HTTP at `/graphql`. Callers are known before the body is read; without credentials nothing runs. */
export function registerGraphQL(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const { apollo, authenticate, chooseTenant, createScope, maxConcurrentOperations } = options;
  let running = 0;
  app.decorateRequest('caller', null);
  app.decorateRequest('tenantId', null);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: async (request, reply) => {
      // Which of several counts would be for each proxy on the way to decide.
      if ((request.raw.headersDistinct['authorization']?.length ?? 0) > 1) return refuse(reply, 'invalid');
      const authentication = await authenticate(request.headers.authorization);
      if (authentication.kind !== 'caller') return refuse(reply, authentication.kind);
      const { caller } = authentication;
      request.caller = caller;
      const tenant = chooseTenant(caller, headerText(request, 'x-fusionauth-tenantid'));
      if (!tenant.ok) return sendError(reply, tenant.code === 'FORBIDDEN' ? 403 : 400, tenant.code, tenant.message);
      request.tenantId = tenant.tenantId;
      if (!isPlain(request.headers['content-encoding'])) {
        return sendError(reply, 415, 'BAD_REQUEST', 'Send the request body without a content encoding.');
      }
      const spending = await options.spend(caller, pointsOfRequest);
      if (spending.ok) return undefined;
      const message = 'This caller has sent too many requests. Call again later.';
      return sendRateLimited(reply, 429, message, spending.retryAfterSeconds);
    },
    handler: async (request, reply) => {
      const { caller, tenantId } = request;
      if (caller === null) throw new Error('A request without a caller reached the handler');
      const query = queryOf(request);
      const problem = query === undefined ? null : options.checkDocument(query);
      if (problem !== null) return sendError(reply, 400, 'BAD_REQUEST', problem);
      if (running >= maxConcurrentOperations) {
        const message = `${maxConcurrentOperations} operations are running already. Call again later.`;
        return sendRateLimited(reply, 503, message, overloadRetryAfterSeconds);
      }

      running++;
      const clock = startOperationClock(reply, options.operationTimeoutMs);
      let response: HTTPGraphQLResponse;
      try {
        await nextLoopTurn();
        response = await apollo.executeHTTPGraphQLRequest({
          httpGraphQLRequest: toHttpGraphQLRequest(request),
          context: async () => createScope({ caller, tenantId, requestId: request.id, time: clock.time }),
        });
      } finally {
        running--;
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

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
    tenantId: TenantId | null;
  }
}

/** @see RFC 6750 section 3: only credentials that were given and refused are named an error. */
function refuse(reply: FastifyReply, problem: 'missing' | 'invalid'): FastifyReply {
  const error = problem === 'invalid' ? ', error="invalid_token"' : '';
  reply.header('www-authenticate', `Bearer realm="fusionauth-sessions"${error}`);
  return sendError(
    reply,
    401,
    'UNAUTHENTICATED',
    problem === 'invalid'
      ? 'These credentials are not accepted: they are unknown, malformed or have expired.'
      : 'Send a service key or an access token as `Authorization: Bearer <credentials>`.',
  );
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join() : value;
}

/** What a request costs whatever it does, in points. */
const pointsOfRequest = 1;

const overloadRetryAfterSeconds = 1;

/** A small body that is decompressed could become a large one, so none is. @see RFC 9110 section 8.4 */
function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity';
}

/** Undefined when there is none: Apollo Server says what is wrong with requests of another shape. */
function queryOf({ method, query, body }: FastifyRequest): string | undefined {
  const parameters = method === 'GET' ? query : body;
  if (typeof parameters !== 'object' || parameters === null || !('query' in parameters)) return undefined;
  return typeof parameters.query === 'string' ? parameters.query : undefined;
}

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
  const queryStart = request.url.indexOf('?');
  return {
    method: request.method,
    headers,
    search: queryStart === -1 ? '' : request.url.slice(queryStart),
    body: request.body,
  };
}
