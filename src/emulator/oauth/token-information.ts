import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { unauthorized } from '../http/errors-json.js';
import { readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { expiryOf } from '../store/expiry.js';
import { bearerToken } from '../tokens/bearer.js';
import { clientOfRequest } from './client-auth.js';
import { invalidRequest, oauthError } from './oauth-error.js';
import { isStrict, tokenTypeOf, userClaims } from './token-response.js';

/** `/oauth2/introspect` and `/oauth2/userinfo`. */
export function registerTokenInformation(routes: RouteTable, context: EmulatorContext): void {
  const { store, tokens } = context;

  /**
   * An access token is judged by signature and expiry alone: that introspection looks at revocation is not documented.
   * A refresh token is looked up, and only when the hint says it is one. A hint must be right: that a token of another type
   * is answered as inactive is not documented.
   */
  routes.post('/oauth2/introspect', async (request) => {
    const parameters = readParameters(request);
    const clientId = clientOfRequest(context, request, parameters);
    const token = parameters.get('token');
    if (token === undefined) {
      throw invalidRequest('missing_token', 'The request is missing a required parameter: token');
    }
    // The token of a client, and not of a user, needs no client to be named.
    if (clientId === undefined) {
      const claims = await tokens.verify(token);
      if (claims?.sub !== undefined && claims.sub === claims.aud) {
        return { active: true, ...claims };
      }
      throw invalidRequest('missing_client_id', 'The request is missing a required parameter: client_id');
    }
    const hint = parameters.get('token_type_hint');
    if (hint === 'refresh_token') {
      return refreshTokenInformation(clientId, token);
    }
    const claims = await tokens.verify(token);
    if (claims === undefined || (hint ?? tokenTypeOf(claims)) !== tokenTypeOf(claims)) {
      return { active: false };
    }
    if (claims.aud !== clientId) {
      throw unauthorized();
    }
    return { active: true, ...claims };
  });

  const userInfo = (request: FastifyRequest) => userInformation(context, bearerToken(request));
  routes.get('/oauth2/userinfo', userInfo);
  routes.post('/oauth2/userinfo', userInfo);

  function refreshTokenInformation(clientId: string, token: string): object {
    const row = store.sessions.findByToken(token);
    if (row === undefined || row.session.token !== token || !store.isLive(row)) {
      return { active: false };
    }
    const { session } = row;
    const application = store.applicationOf(session);
    if (application?.oauthConfiguration.clientId !== clientId) {
      throw unauthorized();
    }
    const tenant = store.tenantOrThrow(store.tenantIdOf(session));
    return {
      active: true,
      aud: clientId,
      exp: Math.floor(expiryOf(session, tenant, application) / 1_000),
      iat: Math.floor(session.startInstant / 1_000),
      iss: tenant.issuer,
      sid: session.id,
      sub: session.userId,
      tid: tenant.id,
    };
  }
}

/**
 * What an access token entitles to know of its user.
 *
 * @throws ApiError 401 for a token that is missing or not valid, and one whose user is gone. 400 for one without the scope
 * `openid` where scopes are handled strictly; the documentation asks for the scope and does not name the answer.
 */
export async function userInformation(context: EmulatorContext, token: string | undefined): Promise<object> {
  const { store, tokens } = context;
  const claims = token === undefined ? undefined : await tokens.verify(token);
  const user = store.users.get(claims?.sub ?? '');
  if (claims === undefined || user === undefined) {
    throw unauthorized();
  }
  const { applicationId, roles } = claims;
  const application = store.applications.get(`${claims.aud}`);
  const scopes = `${claims['scope'] ?? ''}`.split(' ');
  if (isStrict(application) && !scopes.includes('openid')) {
    throw oauthError('insufficient_scope', 'unknown', 'The access token must have the scope openid.');
  }
  return {
    sub: user.id,
    ...userClaims(user, application, scopes),
    ...(applicationId === undefined ? {} : { applicationId, roles }),
    tid: user.tenantId,
  };
}
