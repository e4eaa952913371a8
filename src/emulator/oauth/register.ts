import type { FastifyRequest } from 'fastify';
import { signUp } from '../api/sign-up.js';
import { buildUser } from '../api/user-builder.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { ApiError } from '../http/errors-json.js';
import { type Parameters, queryOf, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { newRegistration } from '../store/creators.js';
import type { User } from '../store/records.js';
import { defaultRolesOf } from '../store/registration.js';
import { type Client, requireClient } from './authorization-request.js';
import { grantWithConsent } from './consent.js';
import { registerPage } from './pages.js';
import { deviceParameters } from './request-parameters.js';
import { startSingleSignOn } from './single-sign-on.js';

const path = '/oauth2/register';

/**
 * `/oauth2/register`: a small page on which a new user registers, where the application has self-service registration
 * switched on; otherwise it leads to the login page. An application's own form gets the same fields as the basic one.
 */
export function registerRegisterEndpoint(routes: RouteTable, context: EmulatorContext): void {
  routes.get(path, async (request, reply) => {
    const parameters = readParameters(request);
    const { application } = requireClient(context, request, parameters);
    return application.registrationConfiguration?.enabled === true
      ? reply.type('text/html').send(registerPage(parameters.query, undefined))
      : reply.redirect(`/oauth2/authorize?${queryOf(request)}`, 302);
  });

  routes.post(path, async (request, reply) => {
    const parameters = readParameters(request);
    const client = requireClient(context, request, parameters);
    if (client.application.registrationConfiguration?.enabled !== true) {
      return reply.redirect(`/oauth2/authorize?${queryOf(request)}`, 302);
    }
    try {
      const user = await newUserOf(request, parameters, client);
      const singleSignOnId = parameters.boolean('rememberDevice')
        ? startSingleSignOn(context, request, reply, user, client.tenant, deviceParameters(parameters))
        : undefined;
      const signedIn = { user, authInstant: context.clock.now(), singleSignOnId, authenticationType: 'REGISTRATION' };
      return grantWithConsent(context, reply, parameters, client, signedIn);
    } catch (error) {
      if (error instanceof ApiError) {
        return reply.type('text/html').send(registerPage(parameters.form ?? parameters.query, messageOf(error)));
      }
      throw error;
    }
  });

  /** Creates the user with its registration and the application's default roles. */
  async function newUserOf(request: FastifyRequest, parameters: Parameters, client: Client): Promise<User> {
    const password = parameters.get('password');
    const names = ['email', 'username', 'firstName', 'lastName'] as const;
    const members = Object.fromEntries(names.map((name) => [name, parameters.get(`user.${name}`)]));
    const scope = { apiKey: undefined, tenantId: client.tenant.id };
    const user = buildUser(context, {
      members: { ...members, password },
      id: undefined,
      existing: undefined,
      scope,
      body: {},
    });
    const roles = defaultRolesOf(client.application);
    const registration = { ...newRegistration(client.application.id, context.clock.now()), roles };
    await signUp(context, user, registration, eventInfoOf(request), { password });
    return user;
  }
}

/** What the page says of a refused registration: the messages of its fields. */
function messageOf({ body }: ApiError): string {
  if (body === undefined || !('fieldErrors' in body)) {
    return 'Your registration was refused.';
  }
  const entries = [...Object.values(body.fieldErrors).flat(), ...body.generalErrors];
  return entries.map(({ message }) => message).join(' ');
}
