import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { userActionTaken } from '../events/user-action-events.js';
import { type ApiScope, requireApiKey, visible } from '../http/api-key-auth.js';
import { blank, fieldError, missing, orNotFound } from '../http/errors-json.js';
import { eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { checkJson, pathUuid, readJson, readParameters } from '../http/request-input.js';
import { registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import type { UserAction, UserActionLog } from '../store/action-records.js';
import { withoutUndefined } from '../store/creators.js';
import { newId } from '../store/new-id.js';
import type { User } from '../store/records.js';

const kindPath = '/api/user-action';
const takenPath = '/api/user/action';

/** `/api/user-action`: kinds of actions, and `/api/user/action`: actions taken on users, such as a lock. */
export function registerUserActionApi(routes: RouteTable, context: EmulatorContext): void {
  registerKinds(routes, context);
  registerTaken(routes, context);
}

function registerKinds(routes: RouteTable, context: EmulatorContext): void {
  const { clock } = context;
  const { actions } = context.store;

  registerResource<UserAction>(routes, {
    basePath: kindPath,
    member: 'userAction',
    idName: 'userActionId',
    authorize: (request) => requireApiKey(context, request, kindPath),
    find: (_scope, id) => actions.kinds.get(id),
    list: {
      member: 'userActions',
      of(_scope, request) {
        const isActive = !readParameters(request).boolean('inactive');
        return [...actions.kinds.values()].filter(({ active }) => active === isActive);
      },
    },
    exists: (id) => actions.kinds.has(id),
    build({ members, id, existing }) {
      const { userAction: given } = checkJson({ userAction: members }, z.object({ userAction: userActionJson }));
      if (given.name === undefined || given.name === '') {
        throw blank('userAction.name');
      }
      const now = clock.now();
      return {
        ...withoutUndefined(given),
        id: id ?? newId(),
        name: given.name,
        active: existing?.active ?? true,
        temporal: given.temporal ?? false,
        preventLogin: given.preventLogin ?? false,
        insertInstant: existing?.insertInstant ?? now,
        lastUpdateInstant: now,
      };
    },
    save: (kind) => void actions.kinds.set(kind.id, kind),
    async command(kind, request) {
      const reactivate = readParameters(request).boolean('reactivate');
      if (reactivate) {
        kind.active = true;
        kind.lastUpdateInstant = clock.now();
      }
      return reactivate;
    },
    remove(kind, request) {
      if (readParameters(request).boolean('hardDelete')) {
        actions.kinds.delete(kind.id);
      } else {
        kind.active = false;
      }
    },
  });
}

function registerTaken(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock, events } = context;
  const { actions } = store;

  routes.post(takenPath, async (request) => {
    const scope = requireApiKey(context, request, takenPath);
    const { action: given, eventInfo } = readJson(request, actionRequest);
    if (given?.actioneeUserId === undefined) {
      throw missing('action.actioneeUserId');
    }
    const user = visible(scope, store.users.get(given.actioneeUserId));
    const kind = actions.kinds.get(given.userActionId ?? '');
    if (user === undefined) {
      throw fieldError('invalid', 'action.actioneeUserId', 'The user does not exist.');
    }
    if (kind === undefined || !kind.active) {
      throw fieldError('invalid', 'action.userActionId', 'The user action does not exist.');
    }
    if (kind.temporal && given.expiry === undefined) {
      throw missing('action.expiry');
    }
    const { comment, expiry, option, applicationIds } = given;
    const log: UserActionLog = {
      ...withoutUndefined({ comment, expiry, option, applicationIds }),
      id: newId(),
      userActionId: kind.id,
      name: kind.name,
      actioneeUserId: user.id,
      actionerUserId: given.actionerUserId ?? user.id,
      insertInstant: clock.now(),
    };
    const info = eventInfoOf(request, eventInfo);
    await events.around(userActionTaken(user, log, 'start', info), () => actions.add(log));
    if (kind.preventLogin) {
      await context.revoker.revokeByPolicy(user.id, 'onLoginPrevented', info);
    }
    return { action: log };
  });

  routes.get(takenPath, async (request) => {
    const scope = requireApiKey(context, request, takenPath);
    const userId = readParameters(request).uuid('userId');
    if (userId === undefined) {
      throw missing('userId');
    }
    const user = visible(scope, store.users.get(userId));
    return { actions: user === undefined ? [] : actions.ofUser(user.id) };
  });

  routes.get(`${takenPath}/:actionId`, async (request) => {
    const { log } = findTaken(requireApiKey(context, request, takenPath), request);
    return { action: log };
  });

  routes.put(`${takenPath}/:actionId`, async (request) => {
    const { log, user } = findTaken(requireApiKey(context, request, takenPath), request);
    const { action: given, eventInfo } = readJson(request, actionRequest);
    const changed = { ...log, ...withoutUndefined({ expiry: given?.expiry, comment: given?.comment }) };
    const event = userActionTaken(user, changed, 'modify', eventInfoOf(request, eventInfo));
    await events.around(event, () => Object.assign(log, changed));
    return { action: log };
  });

  routes.delete(`${takenPath}/:actionId`, async (request) => {
    const { log, user } = findTaken(requireApiKey(context, request, takenPath), request);
    await events.around(userActionTaken(user, log, 'cancel', eventInfoOf(request)), () => {
      log.expiry = clock.now();
    });
    return { action: log };
  });

  function findTaken(scope: ApiScope, request: FastifyRequest): { log: UserActionLog; user: User } {
    const log = orNotFound(actions.get(pathUuid(request, 'actionId')));
    const user = orNotFound(visible(scope, store.users.get(log.actioneeUserId)));
    return { log, user };
  }
}

const userActionJson = z.looseObject({
  name: z.string().optional(),
  temporal: z.boolean().optional(),
  preventLogin: z.boolean().optional(),
});

const actionRequest = z.object({
  action: z
    .object({
      actioneeUserId: uuidJson.optional(),
      actionerUserId: uuidJson.optional(),
      userActionId: uuidJson.optional(),
      applicationIds: z.array(uuidJson).optional(),
      comment: z.string().optional(),
      // FusionAuth's documentation writes the greatest 64-bit number for "never".
      expiry: z.number().optional(),
      option: z.string().optional(),
    })
    .optional(),
  eventInfo: eventInfoJson.optional(),
});
