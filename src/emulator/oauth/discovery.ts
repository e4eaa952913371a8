import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { orNotFound } from '../http/errors-json.js';
import { pathUuid, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { responseModes } from './authorization-request.js';
import { ownUrl } from './hosted-callback.js';

/**
 * OpenID Connect discovery, for the default tenant or a named one. The issuer is the tenant's, which is `acme.com`
 * until somebody sets it to the URL clients use.
 */
export function registerDiscovery(routes: RouteTable, context: EmulatorContext): void {
  routes.get('/.well-known/openid-configuration', async (request) =>
    metadata(request, readParameters(request).uuid('tenantId') ?? context.store.defaultTenantId),
  );
  routes.get('/:tenantId/.well-known/openid-configuration', async (request) =>
    metadata(request, pathUuid(request, 'tenantId')),
  );

  function metadata(request: FastifyRequest, tenantId: string): object {
    const tenant = orNotFound(context.store.tenants.get(tenantId));
    const base = ownUrl(request);
    return {
      authorization_endpoint: `${base}/oauth2/authorize`,
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: false,
      claims_supported: [
        'applicationId',
        'at_hash',
        'aud',
        'auth_time',
        'authenticationType',
        'email',
        'email_verified',
        'exp',
        'family_name',
        'given_name',
        'iat',
        'iss',
        'jti',
        'name',
        'nonce',
        'picture',
        'preferred_username',
        'roles',
        'sid',
        'sub',
        'tid',
      ],
      code_challenge_methods_supported: ['S256'],
      end_session_endpoint: `${base}/oauth2/logout`,
      frontchannel_logout_supported: true,
      grant_types_supported: ['authorization_code', 'password', 'refresh_token', 'client_credentials'],
      id_token_signing_alg_values_supported: [
        'EdDSA',
        'ES256',
        'ES384',
        'ES512',
        'HS256',
        'HS384',
        'HS512',
        'RS256',
        'RS384',
        'RS512',
      ],
      issuer: tenant.issuer,
      jwks_uri: `${base}/.well-known/jwks.json`,
      response_modes_supported: [...responseModes],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'offline_access', 'email', 'profile'],
      subject_types_supported: ['public'],
      token_endpoint: `${base}/oauth2/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      userinfo_endpoint: `${base}/oauth2/userinfo`,
    };
  }
}
