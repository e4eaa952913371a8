import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { authenticate, recordLogin } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { addressOf, type Parameters, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application } from '../store/records.js';
import { mayUse } from './authorization-request.js';
import { authenticateClient, provesClient } from './client-auth.js';
import { redeemCode } from './code-redemption.js';
import { grantedScopes } from './granted-scopes.js';
import { invalidGrant, invalidRequest, oauthError } from './oauth-error.js';
import { refreshGrant } from './refresh-grant.js';
import { refusal } from './refusal.js';
import { deviceParameters, requireGrant, scopesOf } from './request-parameters.js';
import { signIn } from './sign-in.js';
import type { Grant } from './token-response.js';

/**
 * `/oauth2/token` for the grants `authorization_code` (with PKCE), `password`, `refresh_token` and
 * `client_credentials`. The device grant and token exchange are left out.
 */
export function registerTokenEndpoint(routes: RouteTable, context: EmulatorContext): void {
  const { store, tokens, clock } = context;

  routes.post('/oauth2/token', async (request) => {
    const parameters = readParameters(request);
    const grantType = parameters.get('grant_type');
    if (grantType === undefined) {
      throw invalidRequest('missing_grant_type', 'The request is missing a required parameter: grant_type');
    }
    const application = authenticateClient(context, request, parameters);
    switch (grantType) {
      case 'authorization_code':
        return codeGrant(request, parameters, application);
      case 'password':
        return passwordGrant(request, parameters, application);
      case 'refresh_token':
        return refresh(request, parameters, application);
      case 'client_credentials':
        return clientCredentials(parameters, application);
      default:
        throw oauthError('unsupported_grant_type', 'invalid_grant_type', `Unsupported grant: ${grantType}`);
    }
  });

  async function codeGrant(request: FastifyRequest, parameters: Parameters, application: Application) {
    requireGrant(application, 'authorization_code');
    return redeemCode(context, application, {
      code: parameters.get('code'),
      redirectUri: parameters.get('redirect_uri'),
      codeVerifier: parameters.get('code_verifier'),
      isClientProven: provesClient(request, parameters),
      address: addressOf(request),
      timeToLiveInSeconds: parameters.integer('expires_in'),
    });
  }

  async function passwordGrant(request: FastifyRequest, parameters: Parameters, application: Application) {
    requireGrant(application, 'password');
    const [loginId, password] = [parameters.get('username'), parameters.get('password')];
    if (loginId === undefined || password === undefined) {
      const name = loginId === undefined ? 'username' : 'password';
      throw invalidRequest('invalid_user_credentials', `The request is missing a required parameter: ${name}`);
    }
    const tenant = store.tenantOrThrow(application.tenantId);
    const info = eventInfoOf(request);
    const outcome = await authenticate(context, tenant, application, { loginId, password }, info);
    if (outcome.kind !== 'accepted') {
      throw refusal(outcome);
    }
    if (!mayUse({ application }, outcome.user)) {
      throw invalidGrant('registration_required', 'The user is not registered for this application.');
    }
    await recordLogin(context, outcome.user, application, info, loginId);
    const grant: Grant = {
      tenant,
      application,
      user: outcome.user,
      scopes: grantedScopes(application, scopesOf(parameters)),
      authInstant: clock.now(),
    };
    return signIn(context, grant, {
      device: deviceParameters(parameters),
      address: addressOf(request),
      timeToLiveInSeconds: parameters.integer('expires_in'),
    });
  }

  async function refresh(request: FastifyRequest, parameters: Parameters, application: Application) {
    requireGrant(application, 'refresh_token');
    const refreshToken = parameters.get('refresh_token');
    if (refreshToken === undefined) {
      throw invalidRequest('missing_refresh_token', 'The request is missing a required parameter: refresh_token');
    }
    return refreshGrant(context, application, {
      refreshToken,
      scopes: scopesOf(parameters),
      address: addressOf(request),
      info: eventInfoOf(request),
      timeToLiveInSeconds: parameters.integer('expires_in'),
      original: parameters.get('access_token'),
    });
  }

  /** FusionAuth knows this grant for entities only, which the emulator does not have; the client stands in for one. */
  async function clientCredentials(parameters: Parameters, application: Application) {
    const { clientId } = application.oauthConfiguration;
    const scopes = scopesOf(parameters);
    const tenant = store.tenantOrThrow(application.tenantId);
    const { timeToLiveInSeconds, accessTokenKeyId } = effectiveJwtConfiguration(tenant, application);
    const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') };
    const claims = { aud: clientId, iss: tenant.issuer, sub: clientId, jti: randomUUID(), tid: tenant.id, ...scope };
    const issuedAt = tokens.nowSeconds();
    const token = await tokens.sign(accessTokenKeyId, claims, issuedAt, issuedAt + timeToLiveInSeconds, application);
    return { access_token: token, expires_in: timeToLiveInSeconds, ...scope, token_type: 'Bearer' };
  }
}
