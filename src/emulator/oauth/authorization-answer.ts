import type { FastifyReply } from 'fastify';
import type { EmulatorContext } from '../context.js';
import type { Parameters } from '../http/request-input.js';
import type { User } from '../store/records.js';
import type { AuthorizationCode } from './authorization-code.js';
import { type Client, isRegistered } from './authorization-request.js';
import { grantedScopes } from './granted-scopes.js';
import type { OAuthErrorReason } from './oauth-error.js';
import { formPostPage } from './pages.js';
import { deviceParameters, scopesOf } from './request-parameters.js';

/** How the user of an authorization came in. */
export interface SignedIn {
  readonly user: User;
  /** When the user gave credentials, in epoch milliseconds. */
  readonly authInstant: number;
  readonly singleSignOnId: string | undefined;
  readonly authenticationType?: string;
}

/**
 * Gives the client a code for the user.
 * @param scopes - Default: all that the client asks for and the application grants.
 */
export function grantCode(
  context: EmulatorContext,
  reply: FastifyReply,
  parameters: Parameters,
  client: Client,
  { user, authInstant, singleSignOnId, authenticationType }: SignedIn,
  scopes: readonly string[] = grantedScopes(client.application, scopesOf(parameters)),
): FastifyReply {
  const code: AuthorizationCode = {
    applicationId: client.application.id,
    redirectUri: client.redirectUri,
    userId: user.id,
    scopes,
    authInstant,
    nonce: parameters.get('nonce'),
    codeChallenge: parameters.get('code_challenge'),
    singleSignOnId,
    device: deviceParameters(parameters),
    ...(authenticationType === undefined ? {} : { authenticationType }),
  };
  return sendBack(reply, parameters, client, {
    code: context.authorizationCodes.issue(code),
    locale: parameters.get('locale') ?? 'en',
    userState: isRegistered(client, user) ? 'Authenticated' : 'AuthenticatedNotRegistered',
  });
}

/** Sends the browser back to the client, with `iss` against mix-up (RFC 9207; FusionAuth since 1.69.0). */
export function sendBack(
  reply: FastifyReply,
  parameters: Parameters,
  { redirectUri, responseMode, tenant }: Client,
  members: Record<string, string> & { readonly error_reason?: OAuthErrorReason },
): FastifyReply {
  const state = parameters.get('state');
  const all = { ...members, iss: tenant.issuer, ...(state === undefined ? {} : { state }) };
  if (responseMode === 'form_post') {
    return reply.type('text/html').send(formPostPage(redirectUri, all));
  }
  const target = new URL(redirectUri);
  if (responseMode === 'fragment') {
    target.hash = new URLSearchParams(all).toString();
  } else {
    for (const [name, value] of Object.entries(all)) {
      target.searchParams.set(name, value);
    }
  }
  return reply.redirect(target.href, 302);
}
