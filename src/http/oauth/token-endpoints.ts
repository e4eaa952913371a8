import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OperationTime } from '../../application/operation/operation-time.js';
import type { IntrospectToken } from '../../application/tokens/introspect-token.js';
import type { Presenter } from '../../application/tokens/presented-token.js';
import type { RevokeAccessToken } from '../../application/tokens/revoke-access-token.js';
import type { Permission } from '../../domain/caller.js';
import type { Spending } from '../../domain/ports/spending.js';
import { isJwt } from '../../tokens/jwt-form.js';
import { startOperationClock } from '../operation-clock.js';
import { type CreateScope, type RecognitionOptions, recogniseCaller, recognisedIn } from '../recognise-caller.js';
import type { Share } from '../share.js';
import { introspectionOf } from './introspection-answer.js';
import {
  oauthAnswers,
  registerOAuthErrors,
  sendNotAllowed,
  sendOAuthError,
  sendOAuthUnavailable,
  sendWrongMediaType,
} from './oauth-errors.js';
import { endByRefreshToken, type RefreshTokenOptions, type RevocationCalls } from './refresh-token.js';
import { readTokenForm } from './token-form.js';

export interface TokenEndpointsOptions extends RecognitionOptions {
  readonly createScope: CreateScope;
  readonly spending: Spending;
  readonly operationTimeoutMs: number;
  readonly introspectToken: Pick<IntrospectToken, 'execute'>;
  readonly revokeAccessToken: Pick<RevokeAccessToken, 'execute'>;
  readonly refreshTokens: RefreshTokenOptions;
}

export const introspectionPath = '/oauth2/introspect';
export const revocationPath = '/oauth2/revoke';

/** The largest body, in bytes: the longest accepted token, each character encoded, and room for the rest. */
const maxFormBytes = 32_768;

/**
 * Serves `POST /oauth2/introspect` and `POST /oauth2/revoke`, for OAuth clients without GraphQL.
 * @param running Counts the operations that run at the same time, including those of GraphQL.
 * @see RFC 7662 and RFC 7009
 */
export function registerTokenEndpoints(app: FastifyInstance, options: TokenEndpointsOptions, running: Share): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: unknown, body: string) => body,
    );
    registerOAuthErrors(scope, options.telemetry, maxFormBytes);
    addEndpoint(scope, options, running, {
      url: introspectionPath,
      permission: 'token:introspect',
      answer: async (reply, presenter, token) => {
        const found = await options.introspectToken.execute(presenter, token);
        const body = found === null ? { active: false } : introspectionOf(found);
        return reply.send(body);
      },
    });
    addEndpoint(scope, options, running, {
      url: revocationPath,
      permission: 'token:revoke',
      answer: async (reply, presenter, given, { time, upstream }) => {
        const { request } = reply;
        // Tokens have no white space. A line break of the file or command that a token came from must not keep its
        // session alive, since unknown tokens are answered with 200, too.
        const token = given.trim();
        // FusionAuth's refresh tokens are no JWTs, so the form is more reliable than any hint.
        if (!isJwt(token)) {
          const asked = { ...recognisedIn(request), requestId: request.id, time, upstream };
          await endByRefreshToken(options.refreshTokens, asked, token);
        } else if ((await options.revokeAccessToken.execute(presenter, token)) === 'unsupported') {
          const description = 'Only refresh tokens, and access tokens that name their session, can be revoked.';
          return sendOAuthError(reply, 400, 'unsupported_token_type', description);
        }
        return reply.status(200).send();
      },
    });
  });
}

interface Endpoint {
  readonly url: string;
  readonly permission: Permission;
  readonly answer: (
    reply: FastifyReply,
    presenter: Presenter,
    token: string,
    operation: { readonly time: OperationTime; readonly upstream: RevocationCalls },
  ) => Promise<FastifyReply>;
}

function addEndpoint(
  scope: FastifyInstance,
  options: TokenEndpointsOptions,
  running: Share,
  { url, permission, answer }: Endpoint,
): void {
  const { createScope, spending, telemetry, operationTimeoutMs } = options;
  const recognise = recogniseCaller(options, oauthAnswers);
  scope.route({
    method: 'POST',
    url,
    bodyLimit: maxFormBytes,
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      const refused = await recognise(request, reply);
      if (refused !== undefined) return refused;
      return recognisedIn(request).caller.permissions.has(permission) ? undefined : sendNotAllowed(reply, permission);
    },
    handler: async (request, reply) => {
      // Proxies would log a token in a query.
      if (request.raw.url?.includes('?') === true) {
        return sendOAuthError(reply, 400, 'invalid_request', 'Send the parameters in the body, and no query.');
      }
      if (request.body !== undefined && typeof request.body !== 'string') return sendWrongMediaType(reply);
      const form = readTokenForm(request.body);
      if (form.kind === 'problem') return sendOAuthError(reply, 400, 'invalid_request', form.problem);
      const recognised = recognisedIn(request);
      const leave = running.enter(recognised.caller);
      if (typeof leave === 'string') {
        telemetry.workRefused('concurrentOperations');
        return sendOAuthUnavailable(reply, 503, 'Too many operations are running already. Call again later.', null);
      }
      const clock = startOperationClock(reply, operationTimeoutMs);
      const upstream = { calls: 0, tenantIsCallersWord: recognised.tenantIsCallersWord };
      let calls = () => upstream.calls;
      const presenter: Presenter = {
        caller: recognised.caller,
        tenantId: recognised.tenantId,
        scopeOf: (caller, tenantId) => {
          const operation = createScope({ ...recognised, caller, tenantId, requestId: request.id, time: clock.time });
          calls = () => operation.upstream.calls;
          return operation;
        },
      };
      try {
        return await answer(reply, presenter, form.token, { time: clock.time, upstream });
      } finally {
        leave();
        clock.stop();
        if (calls() > 0) await spending.charge(recognised.caller, calls());
      }
    },
  });
}
