import { authenticate, recordLogin } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { ApiError } from '../http/errors-json.js';
import { addressOf, type Parameters, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { SessionRow } from '../store/session-table.js';
import { sendBack } from './authorization-answer.js';
import { type Client, mayUse, requireClient } from './authorization-request.js';
import { grantWithConsent } from './consent.js';
import { type LoginChoices, loginPage } from './pages.js';
import { deviceParameters } from './request-parameters.js';
import { singleSignOnOf, startSingleSignOn, touchSingleSignOn } from './single-sign-on.js';

const path = '/oauth2/authorize';

/**
 * `/oauth2/authorize`: a small login page for the code flow. "Keep me signed in" (`rememberDevice=true`) creates a
 * single sign-on session, with which the next call passes without the page. `prompt` may be `none` or `login`.
 * A silent sign-in fires no `user.login.success`; whether FusionAuth's does is not documented.
 */
export function registerAuthorizeEndpoint(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  routes.get(path, async (request, reply) => {
    const parameters = readParameters(request);
    const client = requireClient(context, request, parameters);
    const prompt = parameters.get('prompt');
    const row = prompt === 'login' ? undefined : singleSignOnOf(context, request, client.tenant);
    const user = row === undefined ? undefined : store.users.get(row.session.userId);
    if (row !== undefined && user?.active === true && isRecent(parameters, row) && mayUse(client, user)) {
      touchSingleSignOn(context, row, addressOf(request));
      const { authInstant, session } = row;
      return grantWithConsent(context, reply, parameters, client, { user, authInstant, singleSignOnId: session.id });
    }
    return prompt === 'none'
      ? sendBack(reply, parameters, client, { error: 'login_required', error_reason: 'authentication_required' })
      : reply.type('text/html').send(loginPage(parameters.query, undefined, choicesFor(client)));
  });

  routes.post(path, async (request, reply) => {
    const parameters = readParameters(request);
    const client = requireClient(context, request, parameters);
    const info = eventInfoOf(request);
    const credentials = { loginId: parameters.get('loginId') ?? '', password: parameters.get('password') ?? '' };
    const refuse = (message: string) =>
      reply.type('text/html').send(loginPage(parameters.form ?? parameters.query, message, choicesFor(client)));
    try {
      const outcome = await authenticate(context, client.tenant, client.application, credentials, info);
      if (outcome.kind !== 'accepted') {
        return refuse(outcome.kind === 'unknown' ? 'Invalid login credentials.' : 'You may not sign in.');
      }
      if (!mayUse(client, outcome.user)) {
        return refuse('You are not registered for this application.');
      }
      await recordLogin(context, outcome.user, client.application, info, credentials.loginId);
      const singleSignOnId = parameters.boolean('rememberDevice')
        ? startSingleSignOn(context, request, reply, outcome.user, client.tenant, deviceParameters(parameters))
        : undefined;
      const { user } = outcome;
      return grantWithConsent(context, reply, parameters, client, { user, authInstant: clock.now(), singleSignOnId });
    } catch (error) {
      if (error instanceof ApiError && error.status === 504) {
        return refuse('Your sign-in was refused.');
      }
      throw error;
    }
  });

  function choicesFor({ application: { id, registrationConfiguration } }: Client): LoginChoices {
    const canRegister = registrationConfiguration?.enabled === true;
    return { canRegister, oneClickPeople: context.oneClickPeople.get(id) ?? [] };
  }

  /** Whether the sign-in is recent enough for a client that names a `max_age` in seconds. */
  function isRecent(parameters: Parameters, { authInstant }: SessionRow): boolean {
    const maxAgeSeconds = parameters.integer('max_age');
    return maxAgeSeconds === undefined || clock.now() - authInstant <= maxAgeSeconds * 1_000;
  }
}
