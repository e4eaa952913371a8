import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { type Parameters, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { Application, Tenant } from '../store/records.js';
import { invalidRequest } from './oauth-error.js';
import { isAuthorizedRedirect } from './redirect-addresses.js';
import { forgetSingleSignOn, singleSignOnOf } from './single-sign-on.js';
import { tokenTypeOf } from './token-response.js';

/**
 * `/oauth2/logout`: ends the browser's single sign-on session and sends it on. Refresh tokens of applications are not
 * revoked (FusionAuth documentation, logout and session management). Calling the logout addresses of other
 * applications from the browser is left out.
 */
export function registerOAuthLogout(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  const logout = async (request: FastifyRequest, reply: FastifyReply) => {
    const parameters = readParameters(request);
    const application = await clientOf(parameters);
    const tenantId = application?.tenantId ?? parameters.uuid('tenantId') ?? context.store.defaultTenantId;
    const tenant = store.tenants.get(tenantId);
    if (tenant === undefined) {
      throw invalidRequest('invalid_tenant_id', 'Invalid tenantId.');
    }
    const target = targetOf(parameters, application, tenant);
    const row = singleSignOnOf(context, request, tenant);
    if (row !== undefined) {
      await context.revoker.revokeOne(row, eventInfoOf(request));
    }
    forgetSingleSignOn(reply);
    return reply.redirect(target, 302);
  };
  routes.get('/oauth2/logout', logout);
  routes.post('/oauth2/logout', logout);

  async function clientOf(parameters: Parameters): Promise<Application | undefined> {
    const hinted = await hintedClient(parameters.get('id_token_hint'));
    const clientId = parameters.get('client_id') ?? hinted;
    const application = store.applications.get(clientId ?? '');
    if (clientId !== undefined && application === undefined) {
      throw invalidRequest('invalid_client_id', 'Invalid client_id.');
    }
    return application;
  }

  /** An expired ID token will do (since 1.37.0); a forged one will not, nor an access token (since 1.60.0). */
  async function hintedClient(idTokenHint: string | undefined): Promise<string | undefined> {
    if (idTokenHint === undefined) {
      return undefined;
    }
    const claims = await context.tokens.verifySignature(idTokenHint);
    if (claims === undefined || tokenTypeOf(claims) !== 'id_token') {
      throw invalidRequest('invalid_id_token_hint', 'Invalid id_token_hint.');
    }
    return [claims.aud].flat()[0];
  }
}

function targetOf(parameters: Parameters, application: Application | undefined, tenant: Tenant): string {
  const wanted = parameters.get('post_logout_redirect_uri');
  if (wanted === undefined) {
    return application?.oauthConfiguration.logoutURL ?? tenant.logoutURL ?? '/';
  }
  const isKnown = wanted === application?.oauthConfiguration.logoutURL && URL.canParse(wanted);
  if (application === undefined || !(isKnown || isAuthorizedRedirect(application, wanted))) {
    throw invalidRequest('invalid_post_logout_redirect_uri', 'The post_logout_redirect_uri is not authorized.');
  }
  const target = new URL(wanted);
  const state = parameters.get('state');
  if (state !== undefined) {
    target.searchParams.set('state', state);
  }
  return target.href;
}
