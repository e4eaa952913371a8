import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticate, deviceOf, recordLogin } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import type { ApiError } from '../http/errors-json.js';
import { addressOf, type Parameters, readParameters } from '../http/request-input.js';
import { exchange, findExchangeable, punishReuse } from '../session-exchange.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, Device } from '../store/records.js';
import type { AuthorizationCode } from './authorization-code.js';
import { authenticateClient } from './client-auth.js';
import { grantedScopes } from './granted-scopes.js';
import { invalidGrant, invalidRequest, oauthError } from './oauth-error.js';
import { refusal } from './refusal.js';
import { deviceParameters, requireGrant, scopesOf } from './request-parameters.js';
import { type Grant, givesRefreshToken, tokenResponse } from './token-response.js';

/**
 * `/oauth2/token` for the grants `authorization_code` (with PKCE), `password`, `refresh_token` and
 * `client_credentials`. The device grant and token exchange are left out.
 */
export function registerTokenEndpoint(app: FastifyInstance, context: EmulatorContext): void {
  const { store, tokens, clock } = context;

  app.post('/oauth2/token', async (request) => {
    const parameters = readParameters(request);
    const grantType = parameters.get('grant_type');
    if (grantType === undefined) {
      throw invalidRequest('missing_grant_type', 'The request is missing a required parameter: grant_type');
    }
    const application = authenticateClient(context, request, parameters);
    switch (grantType) {
      case 'authorization_code':
        return redeemCode(request, parameters, application);
      case 'password':
        return passwordGrant(request, parameters, application);
      case 'refresh_token':
        return refreshGrant(request, parameters, application);
      case 'client_credentials':
        return clientCredentials(parameters, application);
      default:
        throw oauthError('unsupported_grant_type', 'grant_type_not_supported', `Unsupported grant: ${grantType}`);
    }
  });

  async function redeemCode(request: FastifyRequest, parameters: Parameters, application: Application) {
    requireGrant(application, 'authorization_code');
    const code = parameters.get('code');
    if (code === undefined) {
      throw invalidRequest('missing_code', 'The request is missing a required parameter: code');
    }
    const granted = context.authorizationCodes.redeem(code);
    const user = store.users.get(granted?.userId ?? '');
    if (granted === undefined || user === undefined || granted.applicationId !== application.id) {
      throw invalidGrant('auth_code_not_found', 'Invalid Authorization Code');
    }
    if (granted.redirectUri !== parameters.get('redirect_uri')) {
      throw invalidGrant('invalid_redirect_uri', 'The redirect_uri does not match the one of the authorization.');
    }
    if (
      !provesPossession(granted, parameters.get('code_verifier')) ||
      lacksProof(request, parameters, application, granted)
    ) {
      throw invalidGrant('invalid_pkce_code_verifier', 'The PKCE code_verifier is not valid.');
    }
    const tenant = store.tenantOrThrow(application.tenantId);
    return answerLogin(request, parameters, { ...granted, tenant, application, user }, granted.device);
  }

  async function passwordGrant(request: FastifyRequest, parameters: Parameters, application: Application) {
    requireGrant(application, 'password');
    const [loginId, password] = [parameters.get('username'), parameters.get('password')];
    if (loginId === undefined || password === undefined) {
      const name = loginId === undefined ? 'username' : 'password';
      throw invalidRequest(`missing_${name}`, `The request is missing a required parameter: ${name}`);
    }
    const tenant = store.tenantOrThrow(application.tenantId);
    const info = eventInfoOf(request);
    const outcome = await authenticate(context, tenant, application, { loginId, password }, info);
    if (outcome.kind !== 'accepted') {
      throw refusal(outcome);
    }
    const { oauthConfiguration } = application;
    const registered = outcome.user.registrations.some(({ applicationId }) => applicationId === application.id);
    if (oauthConfiguration.requireRegistration && !registered) {
      throw invalidGrant('not_registered', 'The user is not registered for this application.');
    }
    await recordLogin(context, outcome.user, application, info);
    const grant: Grant = {
      tenant,
      application,
      user: outcome.user,
      scopes: grantedScopes(application, scopesOf(parameters)),
      authInstant: clock.now(),
    };
    return answerLogin(request, parameters, grant, deviceParameters(parameters));
  }

  /** Issues the tokens of a new sign-in, and its session when the scopes ask for one. */
  async function answerLogin(
    request: FastifyRequest,
    parameters: Parameters,
    grant: Grant,
    device: Pick<Device, 'name' | 'description' | 'type'>,
  ) {
    const { user, application, tenant, scopes, authInstant } = grant;
    const session = givesRefreshToken(grant)
      ? store.addSession({
          userId: user.id,
          applicationId: application.id,
          device: deviceOf(context, device, addressOf(request)),
          scopes: [...scopes],
          authInstant,
        })
      : undefined;
    const issued = await tokens.issueAccessToken({
      tenant,
      application,
      user,
      session,
      scopes,
      authenticationType: 'PASSWORD',
      authInstant,
      timeToLiveInSeconds: parameters.integer('expires_in'),
    });
    return tokenResponse(context, grant, issued, session);
  }

  async function refreshGrant(request: FastifyRequest, parameters: Parameters, application: Application) {
    requireGrant(application, 'refresh_token');
    const refreshToken = parameters.get('refresh_token');
    if (refreshToken === undefined) {
      throw invalidRequest('missing_refresh_token', 'The request is missing a required parameter: refresh_token');
    }
    const info = eventInfoOf(request);
    await punishReuse(context, refreshToken, info);
    const found = findExchangeable(context, refreshToken);
    if (found?.application.id !== application.id) {
      throw unknownRefreshToken();
    }
    const granted = found.row.session.metaData?.scopes ?? [];
    const wanted = scopesOf(parameters);
    if (!wanted.every((scope) => granted.includes(scope))) {
      throw oauthError('invalid_scope', 'invalid_scope', 'The scope must be among those of the refresh token.');
    }
    const timeToLiveInSeconds = parameters.integer('expires_in');
    const issued = await exchange(context, refreshToken, found, {
      address: addressOf(request),
      info,
      timeToLiveInSeconds,
      original: parameters.get('access_token'),
      scopes: wanted.length === 0 ? undefined : wanted,
    });
    if (issued === undefined) {
      throw unknownRefreshToken();
    }
    const { row, user, tenant } = found;
    const scopes = wanted.length === 0 ? granted : wanted;
    const grant: Grant = { tenant, application, user, scopes, authInstant: row.authInstant };
    return tokenResponse(context, grant, issued, row.session);
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

/** RFC 7636 section 4.6. A code without a challenge needs no verifier. */
function provesPossession({ codeChallenge }: AuthorizationCode, verifier = ''): boolean {
  return codeChallenge === undefined || createHash('sha256').update(verifier).digest('base64url') === codeChallenge;
}

/** Whether the application asks for PKCE and the code came without it. */
function lacksProof(
  request: FastifyRequest,
  parameters: Parameters,
  { oauthConfiguration }: Application,
  { codeChallenge }: AuthorizationCode,
): boolean {
  const policy = oauthConfiguration.proofKeyForCodeExchangePolicy;
  const isClientProven = request.headers.authorization !== undefined || parameters.get('client_secret') !== undefined;
  const isNeeded = policy === 'Required' || (policy === 'NotRequiredWhenUsingClientAuthentication' && !isClientProven);
  return isNeeded && codeChallenge === undefined;
}

/** The documentation names the reason and not the error of an unknown refresh token; `invalid_grant` is RFC 6749's. */
function unknownRefreshToken(): ApiError {
  return invalidGrant('refresh_token_not_found', 'The refresh_token was not found or has expired.');
}
