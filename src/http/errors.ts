import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UpstreamUnavailableError } from '../domain/errors.js';
import { maxBodyPieces, tooManyPiecesCode } from './body-pieces.js';
import { responseMediaType } from './response-media-type.js';
import type { HttpTelemetry } from './telemetry.js';

/**
 * Answers in the shape and the media type of GraphQL errors, so that callers need one way to read them.
 * @param extensions Of the error. @param ofAnswer The extensions of the answer.
 */
export function sendError(
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
  ofAnswer?: Readonly<Record<string, unknown>>,
): FastifyReply {
  return reply
    .status(status)
    .type(responseMediaType(reply.request.headers.accept))
    .send(errorBody(code, message, reply.request.id, extensions, ofAnswer));
}

/** The text of an answer that holds only an error. */
export function errorBody(
  code: string,
  message: string,
  requestId: string,
  extensions: Readonly<Record<string, unknown>> = {},
  ofAnswer?: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    errors: [{ message, extensions: { code, ...extensions, requestId } }],
    extensions: ofAnswer,
  });
}

/** @param status 429 when the caller asks for too much, 503 when all callers together do. */
export function sendRateLimited(
  reply: FastifyReply,
  status: 429 | 503,
  message: string,
  retryAfterSeconds: number,
): FastifyReply {
  reply.header('retry-after', retryAfterSeconds);
  return sendError(reply, status, 'RATE_LIMITED', message, { retryAfterSeconds });
}

/** Answers a call that this replica no longer takes, and another one does. */
export function sendUnavailable(reply: FastifyReply, message: string, retryAfterSeconds: number): FastifyReply {
  reply.header('retry-after', retryAfterSeconds);
  return sendError(reply, 503, 'UNAVAILABLE', message, { retryAfterSeconds });
}

/** Adds the request id to errors that Apollo Server answers itself, such as those of its CSRF prevention. */
export function withRequestId(answer: string, requestId: string): string {
  const { errors = [], ...rest }: ErrorAnswer = JSON.parse(answer);
  const identified = errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
  return JSON.stringify({ errors: identified, ...rest });
}

interface ErrorAnswer {
  readonly errors?: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/**
 * The message for JSON with members such as `__proto__`, which could change all objects. @param what The part of the
 * request that holds the JSON.
 */
export function notAcceptedJson(what: string): string {
  return `${what} is not valid JSON, or has a member named __proto__, or one named constructor with a member named prototype.`;
}

/** Handles failures outside GraphQL: bodies that are too large or malformed, unknown paths, bugs. */
export function registerErrorHandlers(app: FastifyInstance, telemetry: HttpTelemetry, maxBodyBytes: number): void {
  app.setErrorHandler((error: FastifyError | UpstreamUnavailableError, request, reply) => {
    switch (error.code) {
      case 'FST_ERR_CTP_BODY_TOO_LARGE':
        return sendError(reply, 413, 'BAD_REQUEST', `The request body is larger than ${maxBodyBytes} bytes.`);
      case tooManyPiecesCode:
        return sendError(reply, 413, 'BAD_REQUEST', `The request body comes in more than ${maxBodyPieces} pieces.`);
      case 'FST_ERR_CTP_INVALID_JSON_BODY':
      case 'FST_ERR_CTP_EMPTY_JSON_BODY':
        return sendError(reply, 400, 'BAD_REQUEST', notAcceptedJson('The request body'));
      case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
        return sendError(reply, 415, 'BAD_REQUEST', 'Send the request body as application/json.');
    }
    if (error instanceof UpstreamUnavailableError) {
      telemetry.requestFailed(error, request);
      return sendError(reply, 503, error.code, error.message);
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply, status, 'BAD_REQUEST', 'The request cannot be understood.');
    telemetry.requestFailed(error, request);
    return sendError(reply, 500, 'INTERNAL_SERVER_ERROR', 'Internal server error.');
  });
  const answerNotFound = (request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsAt(app, request.url);
    if (methods.length === 0) {
      return sendError(reply, 404, 'NOT_FOUND', 'There is nothing here. The API is at POST /graphql.');
    }
    reply.header('allow', methods.join(', '));
    return sendError(reply, 405, 'BAD_REQUEST', `This path takes ${methods.join(' and ')} only.`);
  };
  app.setNotFoundHandler(answerNotFound);
  // Answered before the unwanted body is read.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) await answerNotFound(request, reply);
  });
}

const servedMethods = ['GET', 'POST'] as const;

/** The methods that are served at the path of a target; empty for an unknown path. */
function methodsAt(app: FastifyInstance, target: string): readonly string[] {
  const [path = ''] = target.split('?', 1);
  const url = path.replace(/(?<=.)\/$/, '');
  return servedMethods.filter((method) => app.hasRoute({ method, url }));
}
