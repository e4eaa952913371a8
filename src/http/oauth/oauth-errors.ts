import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { isDomainError } from '../../domain/errors.js';
import { saysBasic } from '../../tokens/basic.js';
import type { RecognitionAnswers } from '../recognise-caller.js';
import type { HttpTelemetry } from '../telemetry.js';

/** @see RFC 6749 section 5.2, RFC 6750 section 3.1 and RFC 7009 section 2.2.1 */
type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_token'
  | 'unauthorized_client'
  | 'insufficient_scope'
  | 'unsupported_token_type'
  | 'user_not_found'
  | 'unprocessable'
  | 'temporarily_unavailable'
  | 'server_error';

/** An answer that holds only an error, in the shape of OAuth. The description has no quotes and no backslash. */
export function sendOAuthError(
  reply: FastifyReply,
  status: number,
  error: OAuthErrorCode,
  description: string,
): FastifyReply {
  return reply.status(status).send({ error, error_description: description });
}

const defaultRetryAfterSeconds = 1;

export function sendOAuthUnavailable(
  reply: FastifyReply,
  status: 429 | 503,
  description: string,
  retryAfterSeconds: number | null,
): FastifyReply {
  reply.header('retry-after', retryAfterSeconds ?? defaultRetryAfterSeconds);
  return sendOAuthError(reply, status, 'temporarily_unavailable', description);
}

/** Answers a known caller without the permission. */
export function sendNotAllowed(reply: FastifyReply, permission: string): FastifyReply {
  const isBasic = saysBasic(reply.request.headers.authorization);
  if (!isBasic) reply.header('www-authenticate', `Bearer realm="fusionauth-sessions", error="insufficient_scope"`);
  const code = isBasic ? 'unauthorized_client' : 'insufficient_scope';
  return sendOAuthError(reply, 403, code, `This needs the permission ${permission}, which this client does not have.`);
}

/** The answers to callers that are not recognised, or have to wait. */
export const oauthAnswers: RecognitionAnswers = {
  refused(reply, kind) {
    const { authorization } = reply.request.headers;
    if (saysBasic(authorization) || kind === 'missing') {
      reply.header('www-authenticate', 'Basic realm="fusionauth-sessions", charset="UTF-8"');
      const description =
        kind === 'missing'
          ? 'Authenticate with the name and the value of a service key as HTTP Basic credentials, or with the key as a Bearer token.'
          : 'These client credentials are not accepted: the client id is the name of a service key, the secret its value.';
      return sendOAuthError(reply, 401, 'invalid_client', description);
    }
    reply.header('www-authenticate', 'Bearer realm="fusionauth-sessions", error="invalid_token"');
    const description =
      kind === 'unschemed'
        ? 'The Authorization header names no scheme that is known here. Write Basic or Bearer and a space before the credentials.'
        : 'These credentials are not accepted: they are unknown, malformed, revoked or have expired.';
    return sendOAuthError(reply, 401, 'invalid_token', description);
  },
  rateLimited: (reply, message, retryAfterSeconds) => sendOAuthUnavailable(reply, 429, message, retryAfterSeconds),
  problem: (reply, status, _code, message) =>
    sendOAuthError(reply, status, status === 403 ? 'unauthorized_client' : 'invalid_request', message),
};

/** Answers failures of the OAuth endpoints. FusionAuth's answer stays in the log. */
export function registerOAuthErrors(
  scope: FastifyInstance,
  telemetry: HttpTelemetry,
  maxBodyBytes: number,
  mediaType = formMediaType,
): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return sendOAuthError(reply, 413, 'invalid_request', `The request body is larger than ${maxBodyBytes} bytes.`);
    }
    if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return sendWrongMediaType(reply, mediaType);
    if (isDomainError(error)) {
      switch (error.code) {
        case 'BAD_USER_INPUT':
          return sendOAuthError(reply, 400, 'invalid_request', error.message);
        case 'UPSTREAM_TIMEOUT':
        case 'UPSTREAM_UNAVAILABLE':
          telemetry.requestFailed(error, request);
          return sendOAuthUnavailable(reply, 503, error.message, retryAfterOf(error));
        case 'RATE_LIMITED':
          return sendOAuthUnavailable(reply, 503, error.message, error.retryAfterSeconds);
      }
    }
    const status = isDomainError(error) ? 500 : (error.statusCode ?? 500);
    if (status < 500) return sendOAuthError(reply, status, 'invalid_request', 'The request cannot be understood.');
    telemetry.requestFailed(error, request);
    return sendOAuthError(reply, 500, 'server_error', 'Internal server error.');
  });
}

export function sendWrongMediaType(reply: FastifyReply, mediaType = formMediaType): FastifyReply {
  return sendOAuthError(reply, 415, 'invalid_request', `Send the request body as ${mediaType}.`);
}

const formMediaType = 'application/x-www-form-urlencoded';

function retryAfterOf(error: object): number | null {
  return 'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number' ? error.retryAfterSeconds : null;
}
