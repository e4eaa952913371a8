import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendError } from './errors.js';
import { malformedTarget } from './request-target.js';

/** A name or address and perhaps a port; empty where the target has no authority. @see RFC 9110 section 7.2 */
const plainHost = /^(?:[\w.~-]+|\[[\da-fA-F:.]+\])?(?::\d{0,5})?$/;

/**
 * Refuses requests that proxies may have read differently, before anything acts on them, and invites no body of a
 * request that is refused anyway.
 */
export function registerWellFormedRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const problem = problemOf(request);
    if (problem === null) done();
    else sendError(reply, problem.status, 'BAD_REQUEST', problem.message);
  });
  // Invites the body once the caller is recognised. Node.js would invite it before any check of the request. Clients of
  // HTTP/1.0 know no answer before the answer.
  app.addHook('preParsing', ({ raw, headers }, reply, _payload, done) => {
    if (isInvitationAwaited(headers.expect) && raw.httpVersion !== '1.0' && !raw.complete) reply.raw.writeContinue();
    done();
  });
  for (const event of ['checkContinue', 'checkExpectation'] as const) {
    app.server.on(event, (request, response) => app.server.emit('request', request, response));
  }
}

interface Problem {
  readonly status: 400 | 417;
  readonly message: string;
}

function problemOf({ url, headers, raw }: FastifyRequest): Problem | null {
  if (url === malformedTarget) {
    return {
      status: 400,
      message:
        'The request target must be a plain path such as /graphql, and perhaps a query. A host before it must be that of the Host header.',
    };
  }
  const hosts = raw.headersDistinct['host'] ?? [];
  const isHostNeeded = raw.httpVersion !== '1.0';
  if (hosts.length > 1 || (isHostNeeded && hosts.length === 0) || !plainHost.test(hosts[0] ?? '')) {
    return { status: 400, message: 'Send one Host header: a name or an address, and perhaps a port.' };
  }
  if ((raw.headersDistinct['content-type']?.length ?? 0) > 1) {
    return { status: 400, message: 'Send one Content-Type header: others on the way may read another one.' };
  }
  // Whose clients send no credentials yet, so that they would be told of those. By a header that each of them sends, and no
  // proxy that asks for upgrades with every request.
  if (headers['sec-websocket-key'] !== undefined) {
    return {
      status: 400,
      message:
        'WebSockets are not served. Subscribe by GraphQL over SSE: POST /graphql/stream, accepting text/event-stream.',
    };
  }
  if (headers.expect !== undefined && !isInvitationAwaited(headers.expect)) {
    return { status: 417, message: 'The only expectation that is met is 100-continue.' };
  }
  return null;
}

/** @see RFC 9110 section 10.1.1 */
function isInvitationAwaited(expect: string | undefined): boolean {
  return expect?.toLowerCase() === '100-continue';
}
