import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { passwordUpdated, userChanged, userUpdated } from '../events/user-events.js';
import { requireApiKey, visible } from '../http/api-key-auth.js';
import { missing, orNotFound } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson } from '../http/json-schemas.js';
import { checkJson, readParameters } from '../http/request-input.js';
import { type Change, registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import type { User } from '../store/records.js';
import { findByLoginId } from './login-id.js';
import { userCreationTokens } from './sign-up.js';
import { buildUser } from './user-builder.js';
import { userJson } from './user-json.js';

const basePath = '/api/user';

/** `/api/user`: create, look up, update, deactivate, reactivate and delete users. */
export function registerUserApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, events } = context;

  registerResource<User>(routes, {
    basePath,
    member: 'user',
    idName: 'userId',
    authorize: (request) => requireApiKey(context, request, basePath),
    find: (scope, id) => visible(scope, store.users.get(id)),
    exists: (id) => store.users.get(id) !== undefined,
    build: (request) => buildUser(context, request),
    save,
    async command(user, request) {
      const reactivate = readParameters(request).boolean('reactivate');
      if (reactivate) {
        await setActive(context, user, true, eventInfoOf(request));
      }
      return reactivate;
    },
    remove: (user, request) =>
      removeUser(context, user, readParameters(request).boolean('hardDelete'), eventInfoOf(request)),
    onCreated: (user) => userCreationTokens(context, user),
    present: userJson,
  });

  routes.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const parameters = readParameters(request);
    const [name, loginId] = selector(request);
    const types = name === 'loginId' ? parameters.all('loginIdTypes') : [name];
    const user = orNotFound(findByLoginId(store, scope, loginId, types));
    return { user: userJson(user) };
  });

  async function save(user: User, { existing, request, body }: Change<User>): Promise<void> {
    const { user: given = {}, eventInfo } = checkJson(body, userRequest);
    const info = eventInfoOf(request, eventInfo);
    const commit = () => {
      store.users.put(user);
      if (given.password !== undefined) {
        store.passwords.set(user.id, given.password);
      }
    };
    if (existing === undefined) {
      await events.around(userChanged('user.create', user, info), commit);
      return;
    }
    await events.around(userUpdated(existing, user, info), commit);
    if (given.password !== undefined) {
      await context.revoker.revokeByPolicy(user.id, 'onPasswordChanged', info);
      await events.before(passwordUpdated(user, info));
    }
  }
}

/** Deletes a user, or only deactivates it, with the event of either. */
export async function removeUser(
  context: EmulatorContext,
  user: User,
  hardDelete: boolean,
  info: EventInfo,
): Promise<void> {
  if (hardDelete) {
    await context.events.around(userChanged('user.delete', user, info), () => context.store.deleteUser(user.id));
  } else {
    await setActive(context, user, false, info);
  }
}

/** Deactivating a user leaves its sessions: the documentation says only that the user can no longer sign in. */
async function setActive(
  { events, clock }: EmulatorContext,
  user: User,
  active: boolean,
  info: EventInfo,
): Promise<void> {
  await events.around(userChanged(active ? 'user.reactivate' : 'user.deactivate', user, info), () => {
    user.active = active;
    user.lastUpdateInstant = clock.now();
  });
}

/** Which of the parameters of a look-up is given, and its value. */
function selector(request: FastifyRequest): ['email' | 'username' | 'loginId', string] {
  const parameters = readParameters(request);
  for (const name of ['email', 'username', 'loginId'] as const) {
    const value = parameters.get(name);
    if (value !== undefined) {
      return [name, value];
    }
  }
  throw missing('email');
}

const userRequest = z.looseObject({
  user: z.looseObject({ password: z.string().optional() }).optional(),
  eventInfo: eventInfoJson.optional(),
});
