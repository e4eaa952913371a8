import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import type { Parameters } from '../http/request-input.js';
import type { Application, Tenant, User } from '../store/records.js';
import { registrationOf } from '../store/registration.js';
import { grantedScopes } from './granted-scopes.js';
import { isHostedCallback } from './hosted-callback.js';
import { invalidRequest } from './oauth-error.js';
import { isAuthorizedRedirect } from './redirect-addresses.js';
import { requireGrant, scopesOf } from './request-parameters.js';

/** How the answer of an authorization reaches the client. */
export const responseModes = ['query', 'fragment', 'form_post'] as const;
type ResponseMode = (typeof responseModes)[number];

/** The client of an authorization request and where its answer goes. */
export interface Client {
  readonly application: Application;
  readonly tenant: Tenant;
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
}

/**
 * Reads an authorization request, all of which must be right before anything may be sent to the redirect address.
 *
 * @throws ApiError 400 `invalid_request`, which is shown to the user and never sent on.
 */
export function requireClient(context: EmulatorContext, request: FastifyRequest, parameters: Parameters): Client {
  const { store } = context;
  const application = requireActive(context, parameters.get('client_id'));
  const redirectUri = parameters.get('redirect_uri');
  if (
    redirectUri === undefined ||
    !(isAuthorizedRedirect(application, redirectUri) || isHostedCallback(request, redirectUri))
  ) {
    throw invalidRequest('invalid_redirect_uri', `Invalid redirect_uri ${redirectUri}`);
  }
  if (parameters.get('response_type') !== 'code') {
    throw invalidRequest('invalid_response_type', 'The response_type must be code.');
  }
  requireGrant(application, 'authorization_code');
  const mode = parameters.get('response_mode') ?? 'query';
  const responseMode = responseModes.find((known) => known === mode);
  if (responseMode === undefined) {
    throw invalidRequest('invalid_response_mode', `The response_mode must be one of ${responseModes.join(', ')}.`);
  }
  const challenge = parameters.get('code_challenge');
  if (challenge !== undefined && parameters.get('code_challenge_method') !== 'S256') {
    throw invalidRequest('invalid_pkce_code_challenge_method', 'The code_challenge_method must be S256.');
  }
  if (challenge === undefined && application.oauthConfiguration.proofKeyForCodeExchangePolicy === 'Required') {
    throw invalidRequest('missing_code_challenge', 'The request is missing a required parameter: code_challenge');
  }
  grantedScopes(application, scopesOf(parameters));
  return { application, redirectUri, responseMode, tenant: store.tenantOrThrow(application.tenantId) };
}

/** @throws ApiError 400 `invalid_request` for a client that does not exist or is inactive. */
export function requireActive({ store }: EmulatorContext, clientId: string | undefined): Application {
  const application = store.applications.get(clientId ?? '');
  if (application === undefined || !application.active) {
    throw invalidRequest('invalid_client_id', 'Invalid client_id.');
  }
  return application;
}

export function isRegistered({ application }: Pick<Client, 'application'>, user: User): boolean {
  return registrationOf(user, application.id) !== undefined;
}

/**
 * False where the application is for registered users only and the user is not: FusionAuth would have the user complete a
 * registration then, and the emulator has no page for that.
 */
export function mayUse(client: Pick<Client, 'application'>, user: User): boolean {
  return !client.application.oauthConfiguration.requireRegistration || isRegistered(client, user);
}
