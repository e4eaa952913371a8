import type { FastifyInstance, FastifyReply } from 'fastify';
import { authenticate, recordLogin } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { ApiError } from '../http/errors-json.js';
import { addressOf, type Parameters, readParameters } from '../http/request-input.js';
import type { Application, Tenant, User } from '../store/records.js';
import type { SessionRow } from '../store/session-table.js';
import type { AuthorizationCode } from './authorization-code.js';
import { grantedScopes } from './granted-scopes.js';
import { loginPage } from './login-page.js';
import { invalidRequest } from './oauth-error.js';
import { isAuthorizedRedirect } from './redirect-addresses.js';
import { deviceParameters, requireGrant, scopesOf } from './request-parameters.js';
import { singleSignOnOf, startSingleSignOn, touchSingleSignOn } from './single-sign-on.js';

const path = '/oauth2/authorize';

/**
 * `/oauth2/authorize`: a small login page for the code flow. "Keep me signed in" (`rememberDevice=true`) creates a
 * single sign-on session, with which the next call passes without the page. `prompt` may be `none` or `login`.
 * A silent sign-in fires no `user.login.success`; whether FusionAuth's does is not documented.
 */
export function registerAuthorizeEndpoint(app: FastifyInstance, context: EmulatorContext): void {
  const { store, clock } = context;

  app.get(path, async (request, reply) => {
    const parameters = readParameters(request);
    const client = requireClient(parameters);
    const prompt = parameters.get('prompt');
    const row = prompt === 'login' ? undefined : singleSignOnOf(context, request, client.tenant);
    const user = row === undefined ? undefined : store.users.get(row.session.userId);
    if (row !== undefined && user?.active === true && isRecent(parameters, row) && mayUse(client, user)) {
      touchSingleSignOn(context, row, addressOf(request));
      return grant(reply, parameters, client, user, row.authInstant, row.session.id);
    }
    return prompt === 'none'
      ? redirect(reply, parameters, client, { error: 'login_required', error_reason: 'login_required' })
      : reply.type('text/html').send(loginPage(parameters.query, undefined));
  });

  app.post(path, async (request, reply) => {
    const parameters = readParameters(request);
    const client = requireClient(parameters);
    const info = eventInfoOf(request);
    const credentials = { loginId: parameters.get('loginId') ?? '', password: parameters.get('password') ?? '' };
    const refuse = (message: string) =>
      reply.type('text/html').send(loginPage(parameters.form ?? parameters.query, message));
    try {
      const outcome = await authenticate(context, client.tenant, client.application, credentials, info);
      if (outcome.kind !== 'accepted') {
        return refuse(outcome.kind === 'unknown' ? 'Invalid login credentials.' : 'You may not sign in.');
      }
      if (!mayUse(client, outcome.user)) {
        return refuse('You are not registered for this application.');
      }
      await recordLogin(context, outcome.user, client.application, info);
      const singleSignOnId = parameters.boolean('rememberDevice')
        ? startSingleSignOn(context, request, reply, outcome.user, client.tenant, deviceParameters(parameters))
        : undefined;
      return grant(reply, parameters, client, outcome.user, clock.now(), singleSignOnId);
    } catch (error) {
      if (error instanceof ApiError && error.status === 504) {
        return refuse('Your sign-in was refused.');
      }
      throw error;
    }
  });

  /** The client and the redirect address, which must be right before anything may be sent there. */
  function requireClient(parameters: Parameters): Client {
    const application = store.applications.get(parameters.get('client_id') ?? '');
    if (application === undefined || !application.active) {
      throw invalidRequest('invalid_client_id', 'Invalid client_id.');
    }
    const redirectUri = parameters.get('redirect_uri');
    if (redirectUri === undefined || !isAuthorizedRedirect(application, redirectUri)) {
      throw invalidRequest('invalid_redirect_uri', `Invalid redirect_uri ${redirectUri}`);
    }
    if (parameters.get('response_type') !== 'code') {
      throw invalidRequest('invalid_response_type', 'The response_type must be code.');
    }
    requireGrant(application, 'authorization_code');
    if (!['query', undefined].includes(parameters.get('response_mode'))) {
      throw invalidRequest('invalid_response_mode', 'The emulator has the response_mode query alone.');
    }
    const challenge = parameters.get('code_challenge');
    if (challenge !== undefined && parameters.get('code_challenge_method') !== 'S256') {
      throw invalidRequest('invalid_code_challenge_method', 'The code_challenge_method must be S256.');
    }
    if (challenge === undefined && application.oauthConfiguration.proofKeyForCodeExchangePolicy === 'Required') {
      throw invalidRequest('missing_code_challenge', 'The request is missing a required parameter: code_challenge');
    }
    grantedScopes(application, scopesOf(parameters));
    return { application, redirectUri, tenant: store.tenantOrThrow(application.tenantId) };
  }

  /** Whether the sign-in is recent enough for a client that names a `max_age` in seconds. */
  function isRecent(parameters: Parameters, { authInstant }: SessionRow): boolean {
    const maxAgeSeconds = parameters.integer('max_age');
    return maxAgeSeconds === undefined || clock.now() - authInstant <= maxAgeSeconds * 1_000;
  }

  function grant(
    reply: FastifyReply,
    parameters: Parameters,
    client: Client,
    user: User,
    authInstant: number,
    singleSignOnId: string | undefined,
  ): FastifyReply {
    const code: AuthorizationCode = {
      applicationId: client.application.id,
      redirectUri: client.redirectUri,
      userId: user.id,
      scopes: grantedScopes(client.application, scopesOf(parameters)),
      authInstant,
      nonce: parameters.get('nonce'),
      codeChallenge: parameters.get('code_challenge'),
      singleSignOnId,
      device: deviceParameters(parameters),
    };
    const registered = user.registrations.some(({ applicationId }) => applicationId === client.application.id);
    return redirect(reply, parameters, client, {
      code: context.authorizationCodes.issue(code),
      locale: parameters.get('locale') ?? 'en',
      userState: registered ? 'Authenticated' : 'AuthenticatedNotRegistered',
    });
  }
}

/** FusionAuth would let the user register here; the emulator has no registration page. */
function mayUse({ application }: Client, user: User): boolean {
  return (
    !application.oauthConfiguration.requireRegistration ||
    user.registrations.some(({ applicationId }) => applicationId === application.id)
  );
}

interface Client {
  readonly application: Application;
  readonly redirectUri: string;
  readonly tenant: Tenant;
}

/** Sends the browser back, with `iss` against mix-up (RFC 9207; FusionAuth since 1.69.0). */
function redirect(
  reply: FastifyReply,
  parameters: Parameters,
  { redirectUri, tenant }: Client,
  members: Record<string, string>,
): FastifyReply {
  const target = new URL(redirectUri);
  const state = parameters.get('state');
  const all = { ...members, iss: tenant.issuer, ...(state === undefined ? {} : { state }) };
  for (const [name, value] of Object.entries(all)) {
    target.searchParams.set(name, value);
  }
  return reply.redirect(target.href, 302);
}
