import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import type { Parameters } from '../http/request-input.js';
import { sameSecret } from '../same-secret.js';
import type { Application } from '../store/records.js';
import { invalidClient, invalidRequest } from './oauth-error.js';

/**
 * The application a token request comes from, by HTTP Basic or by `client_id` and `client_secret` in the form.
 *
 * Whether a secret is needed is the application's `clientAuthenticationPolicy`; a secret that is given must be right in
 * any case.
 *
 * @throws ApiError 401 `invalid_client`, 400 for a request that names no client.
 */
export function authenticateClient(
  context: EmulatorContext,
  request: FastifyRequest,
  parameters: Parameters,
): Application {
  const basic = basicCredentials(request);
  const clientId = basic?.clientId ?? parameters.get('client_id');
  const secret = basic?.secret ?? parameters.get('client_secret');
  if (clientId === undefined || clientId === '') {
    throw invalidRequest('missing_client_id', 'The request is missing a required parameter: client_id');
  }
  const application = context.store.applications.get(clientId);
  if (application === undefined || !application.active) {
    throw invalidClient('invalid_client_id', `Invalid client_id. No Application found for Client Id [${clientId}].`);
  }
  const { clientAuthenticationPolicy: policy, clientSecret } = application.oauthConfiguration;
  if (secret !== undefined) {
    if (!sameSecret(secret, clientSecret)) {
      throw invalidClient('invalid_client_authentication', 'Invalid client authentication credentials.');
    }
    return application;
  }
  const usesPkce = parameters.get('code_verifier') !== undefined;
  if (policy === 'Required' || (policy === 'NotRequiredWhenUsingPKCE' && !usesPkce)) {
    throw invalidClient(
      'client_authentication_missing',
      'Client authentication missing as Basic Authorization header or credentials in the body (or some combination of them).',
    );
  }
  return application;
}

/**
 * The client id of a call that needs no secret, such as introspection. HTTP Basic alone will do, since 1.46.0.
 *
 * @throws ApiError 401 `invalid_client` for a secret that is given and wrong.
 */
export function clientOfRequest(
  context: EmulatorContext,
  request: FastifyRequest,
  parameters: Parameters,
): string | undefined {
  return provesClient(request, parameters)
    ? authenticateClient(context, request, parameters).oauthConfiguration.clientId
    : parameters.get('client_id');
}

/** Whether the client gave its secret, right or wrong. */
export function provesClient(request: FastifyRequest, parameters: Parameters): boolean {
  return basicCredentials(request) !== undefined || parameters.get('client_secret') !== undefined;
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(request: FastifyRequest): { clientId: string; secret: string } | undefined {
  const match = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '');
  const decoded = Buffer.from(match?.[1] ?? '', 'base64').toString();
  const separator = decoded.indexOf(':');
  if (match === null || separator === -1) {
    return undefined;
  }
  const decode = (part: string) => new URLSearchParams(`v=${part}`).get('v') ?? '';
  return { clientId: decode(decoded.slice(0, separator)), secret: decode(decoded.slice(separator + 1)) };
}
