import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { passwordUpdated } from '../events/user-events.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { blank, generalError, notFound } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson } from '../http/json-schemas.js';
import { pathParameter, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { Tenant, User } from '../store/records.js';
import { bearerUserId } from '../tokens/bearer.js';
import { hasTwoFactor } from '../two-factor.js';
import { findByLoginId } from './login-id.js';
import { checkPassword } from './password-rules.js';

const basePath = '/api/user/change-password';

/**
 * `/api/user/change-password`: by the id a login answered with 203 (no key needed), by login id and current password, or
 * by access token. Revokes sessions as the policy `onPasswordChanged` says. The one-time password of the real answer, with
 * which a login page continues, is left out.
 */
export function registerChangePasswordApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  routes.post(`${basePath}/:changePasswordId`, async (request, reply) => {
    const body = readJson(request, changeRequest);
    const changePasswordId = pathParameter(request, 'changePasswordId');
    const user = store.users.get(context.changePasswordIds.peek(changePasswordId) ?? '');
    const password = checkPassword(rulesFor(user), body.password, 'password');
    context.changePasswordIds.redeem(changePasswordId);
    await change(request, user, password, body.eventInfo);
    return reply.send();
  });

  routes.post(basePath, async (request, reply) => {
    const bearer = await bearerUserId(context, request);
    if (bearer !== undefined) {
      const { currentPassword, password, eventInfo } = readJson(request, changeRequest);
      const user = store.users.get(bearer);
      const newPassword = checkPassword(rulesFor(user), password, 'password');
      // Documented: a current password that is given must be right.
      const isRight = currentPassword === undefined || (await store.passwords.matches(bearer, currentPassword));
      await change(request, isRight ? user : undefined, newPassword, eventInfo);
      return reply.send();
    }
    const scope = requireApiKey(context, request, basePath);
    const { loginId, loginIdTypes, currentPassword, password, eventInfo } = readJson(request, changeRequest);
    if (loginId === undefined || loginId === '') {
      throw blank('loginId');
    }
    const user = findByLoginId(store, scope, loginId, loginIdTypes);
    const newPassword = checkPassword(rulesFor(user), password, 'password');
    const known = user !== undefined && (await store.passwords.matches(user.id, currentPassword ?? ''));
    await change(request, known ? user : undefined, newPassword, eventInfo);
    return reply.send();
  });

  routes.get(`${basePath}/:changePasswordId`, async (request, reply) => {
    const id = context.changePasswordIds.peek(pathParameter(request, 'changePasswordId'));
    return mayChange(reply, store.users.get(id ?? ''));
  });

  routes.get(basePath, async (request, reply) => {
    const bearer = await bearerUserId(context, request);
    if (bearer !== undefined) {
      return mayChange(reply, store.users.get(bearer));
    }
    const scope = requireApiKey(context, request, basePath);
    const parameters = readParameters(request);
    const loginId = parameters.get('loginId');
    if (loginId === undefined) {
      throw blank('loginId');
    }
    return mayChange(reply, findByLoginId(store, scope, loginId, parameters.all('loginIdTypes')));
  });

  /** 200: without a trust token, which the emulator does not have. */
  function mayChange(reply: FastifyReply, user: User | undefined): FastifyReply {
    if (user === undefined) {
      throw notFound();
    }
    if (hasTwoFactor(user)) {
      throw generalError('[TrustTokenRequired]', 'The user has to meet a two-factor challenge first.');
    }
    return reply.send();
  }

  function rulesFor(user: User | undefined): Tenant {
    return store.tenantOrThrow(user?.tenantId ?? store.defaultTenantId);
  }

  async function change(
    request: FastifyRequest,
    user: User | undefined,
    password: string,
    eventInfo: EventInfo | undefined,
  ): Promise<void> {
    if (user === undefined) {
      throw notFound();
    }
    const info = eventInfoOf(request, eventInfo);
    store.passwords.set(user.id, password);
    user.passwordChangeRequired = false;
    user.passwordLastUpdateInstant = clock.now();
    await context.revoker.revokeByPolicy(user.id, 'onPasswordChanged', info);
    await context.events.before(passwordUpdated(user, info));
  }
}

const changeRequest = z.object({
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
  currentPassword: z.string().optional(),
  password: z.string().optional(),
  eventInfo: eventInfoJson.optional(),
});
