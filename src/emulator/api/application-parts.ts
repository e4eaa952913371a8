import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { blank, fieldError, notFound, orNotFound } from '../http/errors-json.js';
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
    const scope = requireApiKey(context, request, applicationPath);
    const application = applicationOf(context, request, scope);
    const name = readParameters(request).get('name');
    if (application === undefined || !application.roles.some((role) => role.name === name)) {
      throw notFound();
    }
    application.roles = application.roles.filter((role) => role.name !== name);
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
  const found = new WeakMap<ApiScope, Application>();
  const ownerOf = (scope: ApiScope): Application => {
    return orNotFound(found.get(scope));
  };
  registerResource<T>(routes, {
    basePath: `${applicationPath}/:applicationId/${member}`,
    member,
    listMember: `${member}s`,
    idName: `${member}Id`,
    authorize(request) {
      const scope = { ...requireApiKey(context, request, applicationPath) };
      const application = orNotFound(applicationOf(context, request, scope));
      found.set(scope, application);
      return scope;
    },
    find: (scope, id) => partsOf(ownerOf(scope)).find((part) => part.id === id),
    list: (scope) => partsOf(ownerOf(scope)),
    exists: (id) =>
      [...context.store.applications.values()].some((other) => partsOf(other).some((part) => part.id === id)),
    build({ members, id, existing, scope }) {
      const name = typeof members['name'] === 'string' ? members['name'] : existing?.name;
      if (name === undefined || name === '') {
        throw blank(`${member}.name`);
      }
      const parts = partsOf(ownerOf(scope));
      if (parts.some((part) => part.name === name && part.id !== existing?.id)) {
        throw fieldError('duplicate', `${member}.name`, `A ${member} with the name [${name}] already exists.`);
      }
      const part = make(members, existing, name, existing?.id ?? id ?? newId());
      const at = existing === undefined ? parts.length : parts.indexOf(existing);
      parts.splice(at, existing === undefined ? 0 : 1, part);
      return part;
    },
    save: () => undefined,
    async remove(part, request) {
      const application = applicationOf(context, request, { apiKey: undefined, tenantId: undefined });
      const parts = application === undefined ? [] : partsOf(application);
      parts.splice(parts.indexOf(part), 1);
    },
  });
}

function applicationOf(context: EmulatorContext, request: FastifyRequest, scope: ApiScope): Application | undefined {
  const application = context.store.applications.get(pathUuid(request, 'applicationId'));
  return application !== undefined && sees(scope, application.tenantId) ? application : undefined;
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
