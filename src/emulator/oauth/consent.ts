import type { FastifyReply } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { type Parameters, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { consentKey } from '../store/consents.js';
import type { ApplicationScope } from '../store/records.js';
import { grantCode, type SignedIn, sendBack } from './authorization-answer.js';
import { type Client, requireClient } from './authorization-request.js';
import { grantedScopes } from './granted-scopes.js';
import { invalidRequest } from './oauth-error.js';
import { consentPage } from './pages.js';
import { scopesOf } from './request-parameters.js';

const path = '/oauth2/consent';

/** Scopes that say nothing of the user; nobody is asked for them. */
const unasked = new Set(['openid', 'offline_access']);

/**
 * Gives a signed-in user's code to the client, after asking the user where the application is a third party's and its
 * `consentMode` says so.
 */
export function grantWithConsent(
  context: EmulatorContext,
  reply: FastifyReply,
  parameters: Parameters,
  client: Client,
  signedIn: SignedIn,
): FastifyReply {
  const { application } = client;
  const { relationship, consentMode = 'AlwaysPrompt' } = application.oauthConfiguration;
  const scopes = grantedScopes(application, scopesOf(parameters));
  const asked = scopes.filter((scope) => !unasked.has(scope));
  if (relationship !== 'ThirdParty' || consentMode === 'NeverPrompt' || asked.length === 0) {
    return grantCode(context, reply, parameters, client, signedIn);
  }
  const remembered = context.store.consents.get(consentKey(signedIn.user.id, application.id));
  if (consentMode === 'RememberDecision' && asked.every((scope) => remembered?.asked.includes(scope))) {
    const granted = scopes.filter((scope) => unasked.has(scope) || remembered?.granted.includes(scope));
    return grantCode(context, reply, parameters, client, signedIn, granted);
  }
  if (parameters.get('prompt') === 'none') {
    return sendBack(reply, parameters, client, { error: 'consent_required', error_reason: 'consent_required' });
  }
  const { user, ...how } = signedIn;
  const consentId = context.pendingConsents.issue({ ...how, userId: user.id, applicationId: application.id });
  const questions = asked.map((name) => question(name, application.scopes));
  return reply
    .type('text/html')
    .send(consentPage(parameters.form ?? parameters.query, consentId, application.name, questions));
}

/** `/oauth2/consent`: the user's answer to which scopes a third party gets. Required ones cannot be left out. */
export function registerConsentEndpoint(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  routes.post(path, async (request, reply) => {
    const parameters = readParameters(request);
    const client = requireClient(context, request, parameters);
    const { application } = client;
    const pending = context.pendingConsents.redeem(parameters.get('consentId') ?? '');
    const user = store.users.get(pending?.userId ?? '');
    if (pending === undefined || user === undefined || pending.applicationId !== application.id) {
      throw invalidRequest('unknown', 'The question of consent is answered or has expired.');
    }
    if (parameters.get('consent') !== 'allow') {
      return sendBack(reply, parameters, client, { error: 'access_denied', error_reason: 'consent_canceled' });
    }
    const wanted = grantedScopes(application, scopesOf(parameters));
    const chosen = parameters.all('consentedScopes');
    const required = application.scopes.filter((scope) => scope.required).map(({ name }) => name);
    const scopes = wanted.filter((name) => unasked.has(name) || chosen.includes(name) || required.includes(name));
    if (application.oauthConfiguration.consentMode === 'RememberDecision') {
      store.consents.set(consentKey(user.id, application.id), { asked: wanted, granted: scopes });
    }
    return grantCode(context, reply, parameters, client, { ...pending, user }, scopes);
  });
}

function question(name: string, custom: readonly ApplicationScope[]) {
  const scope = custom.find((one) => one.name === name);
  return { name, text: scope?.defaultConsentMessage ?? name, required: scope?.required ?? false };
}
