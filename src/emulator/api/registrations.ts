import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { registrationChanged } from '../events/user-events.js';
import { type ApiScope, requireApiKey, visible } from '../http/api-key-auth.js';
import { fieldError, missing, orNotFound } from '../http/errors-json.js';
import { eventInfoJson, uuidJson } from '../http/json-schemas.js';
import {
  checkJson,
  optionalPathUuid,
  parseUuid,
  patchedJson,
  pathUuid,
  readJson,
  readJsonObject,
} from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { withoutUndefined } from '../store/creators.js';
import { newId } from '../store/new-id.js';
import type { Application, User, UserRegistration } from '../store/records.js';
import { defaultRolesOf, registrationOf } from '../store/registration.js';
import { registrationTokens, signUp } from './sign-up.js';
import { buildUser } from './user-builder.js';
import { userJson } from './user-json.js';

const basePath = '/api/user/registration';

/**
 * `/api/user/registration`: registers existing users, or new ones in the same call. Where the application generates
 * refresh tokens, a registration is the start of a session.
 */
export function registerRegistrationApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, events, clock } = context;

  const create = async (request: FastifyRequest) => {
    const scope = requireApiKey(context, request, basePath);
    const body = readJsonObject(request);
    const { registration: given, user: members, eventInfo } = checkJson(body, registrationRequest);
    const info = eventInfoOf(request, eventInfo);
    const userId = optionalPathUuid(request, 'userId');
    const user =
      members === undefined ? findUser(scope, userId ?? '') : newUserOf(scope, userId, members, given?.applicationId);
    const applicationId = checkApplication(user, given?.applicationId);
    if (registrationOf(user, applicationId) !== undefined) {
      throw fieldError('duplicate', 'registration', 'The user is already registered for this application.');
    }
    const registration = newRegistrationOf(given ?? {}, applicationId, undefined);
    const { password } = members ?? {};
    const newUser = members && { password: typeof password === 'string' ? password : undefined };
    await signUp(context, user, registration, info, newUser);
    const tokens = await registrationTokens(context, request, user, applicationOrThrow(applicationId));
    return { ...tokens, registration, ...(members === undefined ? {} : { user: userJson(user) }) };
  };
  routes.post(basePath, create);
  routes.post(`${basePath}/:userId`, create);
  // Not documented for POST, and what the kickstart file of Permit.io's public quickstart sends.
  routes.post(`${basePath}/:userId/:applicationId`, create);

  const update = async (request: FastifyRequest) => {
    const scope = requireApiKey(context, request, basePath);
    const user = findUser(scope, pathUuid(request, 'userId'));
    const applicationId = optionalPathUuid(request, 'applicationId') ?? namedApplication(request);
    const original = findRegistration(user, applicationId);
    const body =
      request.method === 'PATCH' ? patchedJson(request, { registration: original }) : readJsonObject(request);
    const { registration: members, eventInfo } = checkJson(body, registrationRequest);
    const registration = newRegistrationOf(members ?? {}, original.applicationId, original);
    const info = eventInfoOf(request, eventInfo);
    const event = registrationChanged('user.registration.update', user, registration, info, original);
    await events.around(event, () => {
      user.registrations = user.registrations.map((other) => (other === original ? registration : other));
    });
    return { registration };
  };
  for (const path of [`${basePath}/:userId`, `${basePath}/:userId/:applicationId`]) {
    routes.put(path, update);
    routes.patch(path, update);
  }

  routes.get(`${basePath}/:userId/:applicationId`, async (request) => {
    const user = findUser(requireApiKey(context, request, basePath), pathUuid(request, 'userId'));
    return { registration: findRegistration(user, pathUuid(request, 'applicationId')) };
  });

  routes.delete(`${basePath}/:userId/:applicationId`, async (request, reply) => {
    const user = findUser(requireApiKey(context, request, basePath), pathUuid(request, 'userId'));
    const registration = findRegistration(user, pathUuid(request, 'applicationId'));
    const event = registrationChanged('user.registration.delete', user, registration, eventInfoOf(request));
    await events.around(event, () => {
      user.registrations = user.registrations.filter((other) => other !== registration);
    });
    return reply.send();
  });

  /** The application tells the tenant where neither key nor header does. */
  function newUserOf(
    scope: ApiScope,
    userId: string | undefined,
    members: Record<string, unknown>,
    applicationId: string | undefined,
  ): User {
    const tenantId = scope.tenantId ?? store.applications.get(applicationId ?? '')?.tenantId;
    const id = userId ?? (typeof members['id'] === 'string' ? parseUuid(members['id'], 'user.id') : undefined);
    if (id !== undefined && store.users.get(id) !== undefined) {
      throw fieldError('duplicate', 'userId', `A User with the id [${id}] already exists.`);
    }
    return buildUser(context, { members, id, existing: undefined, scope: { ...scope, tenantId }, body: {} });
  }

  function applicationOrThrow(id: string): Application {
    return orNotFound(store.applications.get(id));
  }

  function findUser(scope: ApiScope, id: string): User {
    return orNotFound(visible(scope, store.users.get(id)));
  }

  function findRegistration(user: User, applicationId: string | undefined): UserRegistration {
    if (applicationId === undefined) {
      throw missing('registration.applicationId');
    }
    return orNotFound(registrationOf(user, applicationId));
  }

  function checkApplication(user: User, applicationId: string | undefined): string {
    if (applicationId === undefined) {
      throw missing('registration.applicationId');
    }
    if (store.applications.get(applicationId)?.tenantId !== user.tenantId) {
      throw fieldError('invalid', 'registration.applicationId', 'The application does not exist.');
    }
    return applicationId;
  }

  /** A registration without roles gets the application's default roles. */
  function newRegistrationOf(
    given: RegistrationJson,
    applicationId: string,
    original: UserRegistration | undefined,
  ): UserRegistration {
    const now = clock.now();
    const application = store.applications.get(applicationId);
    return {
      ...withoutUndefined(given),
      id: original?.id ?? given.id ?? newId(),
      applicationId,
      roles: given.roles ?? (application === undefined ? [] : defaultRolesOf(application)),
      verified: given.verified ?? original?.verified ?? true,
      insertInstant: original?.insertInstant ?? now,
      lastUpdateInstant: now,
      ...(original?.lastLoginInstant === undefined ? {} : { lastLoginInstant: original.lastLoginInstant }),
    };
  }
}

const registrationJson = z.looseObject({
  id: uuidJson.optional(),
  applicationId: uuidJson.optional(),
  roles: z.array(z.string()).optional(),
  username: z.string().optional(),
  verified: z.boolean().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

type RegistrationJson = z.output<typeof registrationJson>;

const registrationRequest = z.object({
  registration: registrationJson.optional(),
  user: z.record(z.string(), z.unknown()).optional(),
  eventInfo: eventInfoJson.optional(),
});

/** The application a change names in its body; a JSON Patch names it in the path. */
function namedApplication(request: FastifyRequest): string | undefined {
  return readJson(request, registrationChange).registration?.applicationId;
}

/** A change before it is merged: what it may set to null is checked afterwards. */
const registrationChange = z.object({
  registration: z.looseObject({ applicationId: uuidJson.optional() }).optional(),
});
