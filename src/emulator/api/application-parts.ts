import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, visible } from '../http/api-key-auth.js';
import { blank, fieldError, orNotFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, pathUuid, readParameters } from '../http/request-input.js';
import { registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import { newId } from '../store/new-id.js';
import type { Application, ApplicationRole, ApplicationScope } from '../store/records.js';

const applicationPath = '/api/application';

/** `/api/application/{applicationId}/role` and `/scope`: what belongs to an application and is changed by itself. */
export function registerApplicationPartsApi(routes: RouteTable, context: EmulatorContext): void {
  const { clock } = context;

  registerPart<ApplicationRole>(
    routes,
    context,
    'role',
    (application) => application.roles,
    (given, existing, name, id) => {
      const { role } = checkJson({ role: given }, z.object({ role: roleJson }));
      const now = clock.now();
      return {
        ...role,
        id,
        name,
        isDefault: role.isDefault ?? false,
        isSuperRole: role.isSuperRole ?? false,
        insertInstant: existing?.insertInstant ?? now,
        lastUpdateInstant: now,
      };
    },
  );
  registerPart<ApplicationScope>(
    routes,
    context,
    'scope',
    (application) => application.scopes,
    (given, existing, name, id) => {
      const { scope } = checkJson({ scope: given }, z.object({ scope: scopeJson }));
      const now = clock.now();
      return {
        ...scope,
        id,
        name,
        required: scope.required ?? false,
        insertInstant: existing?.insertInstant ?? now,
        lastUpdateInstant: now,
      };
    },
  );

  /** A role may also be removed by its name. */
  routes.delete(`${applicationPath}/:applicationId/role`, async (request, reply) => {
    const { application } = requireApplication(context, request);
    const name = readParameters(request).get('name');
    const role = orNotFound(application.roles.find((one) => one.name === name));
    application.roles = application.roles.filter((one) => one !== role);
    return reply.send();
  });
}

interface Part {
  readonly id: string;
  readonly name: string;
  readonly insertInstant: number;
}

function registerPart<T extends Part>(
  routes: RouteTable,
  context: EmulatorContext,
  member: 'role' | 'scope',
  partsOf: (application: Application) => T[],
  make: (given: Record<string, unknown>, existing: T | undefined, name: string, id: string) => T,
): void {
  registerResource<T, PartScope>(routes, {
    basePath: `${applicationPath}/:applicationId/${member}`,
    member,
    idName: `${member}Id`,
    authorize: (request) => requireApplication(context, request),
    find: ({ application }, id) => partsOf(application).find((part) => part.id === id),
    exists: (id) =>
      [...context.store.applications.values()].some((other) => partsOf(other).some((part) => part.id === id)),
    build({ members, id, existing, scope }) {
      const name = typeof members['name'] === 'string' ? members['name'] : existing?.name;
      if (name === undefined || name === '') {
        throw blank(`${member}.name`);
      }
      if (partsOf(scope.application).some((part) => part.name === name && part.id !== existing?.id)) {
        throw fieldError('duplicate', `${member}.name`, `A ${member} with the name [${name}] already exists.`);
      }
      return make(members, existing, name, existing?.id ?? id ?? newId());
    },
    save(part, { existing, scope }) {
      const parts = partsOf(scope.application);
      const at = existing === undefined ? parts.length : parts.indexOf(existing);
      parts.splice(at, 1, part);
    },
    remove(part, _request, { application }) {
      const parts = partsOf(application);
      parts.splice(parts.indexOf(part), 1);
    },
  });
}

/** The scope of a call about the parts of an application. */
interface PartScope extends ApiScope {
  readonly application: Application;
}

/** @throws ApiError 404 when the call sees no such application. */
function requireApplication(context: EmulatorContext, request: FastifyRequest): PartScope {
  const scope = requireApiKey(context, request, applicationPath);
  const application = context.store.applications.get(pathUuid(request, 'applicationId'));
  return { ...scope, application: orNotFound(visible(scope, application)) };
}

/** A role. In the list of an application a plain name stands for one, too. */
export const roleJson = z.looseObject({
  id: uuidJson.optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  isDefault: z.boolean().optional(),
  isSuperRole: z.boolean().optional(),
  insertInstant: z.number().optional(),
});

/** A custom scope of an application. */
const scopeJson = z.looseObject({
  id: uuidJson.optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  defaultConsentMessage: z.string().optional(),
  defaultConsentDetail: z.string().optional(),
  required: z.boolean().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
