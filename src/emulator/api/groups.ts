import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, sees, visible } from '../http/api-key-auth.js';
import { blank, fieldError } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, readSearch } from '../http/request-input.js';
import { type BuildRequest, registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import { newId } from '../store/new-id.js';
import type { ApplicationRole, Group } from '../store/records.js';
import { registerGroupMemberApi } from './group-members.js';
import { pageOf } from './paging.js';
import { tenantForNew } from './tenant-choice.js';
import { namedRecords, namedSearchJson } from './text-search.js';

const basePath = '/api/group';

/** `/api/group`, its search and its members. The events of groups are left out. */
export function registerGroupApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;
  const { groups } = store;

  registerResource<Group>(routes, {
    basePath,
    member: 'group',
    idName: 'groupId',
    authorize: (request) => requireApiKey(context, request, basePath),
    find: (scope, id) => visible(scope, groups.get(id)),
    list: { member: 'groups', of: (scope) => [...groups.values()].filter((group) => sees(scope, group.tenantId)) },
    exists: (id) => groups.has(id),
    companions: (group) => ({ roleIds: roleIdsOf(group) }),
    build,
    save: (group) => void groups.set(group.id, group),
    remove: (group) => store.deleteGroup(group.id),
  });

  routes.post(`${basePath}/search`, async (request: FastifyRequest) => {
    const scope = requireApiKey(context, request, basePath);
    const search = readSearch(request, namedSearchJson);
    const found = namedRecords(groups.values(), scope, search);
    return { groups: pageOf(found, search), total: found.length };
  });

  registerGroupMemberApi(routes, context);

  function build({ members, id, existing, scope, body }: BuildRequest<Group>): Group {
    const { group: given } = checkJson({ group: members }, z.object({ group: groupJson }));
    const { roleIds = [] } = checkJson(body, z.object({ roleIds: z.array(uuidJson).optional() }));
    if (given.name === undefined || given.name === '') {
      throw blank('group.name');
    }
    const tenantId = existing?.tenantId ?? tenantForNew(store, scope, given.tenantId).id;
    const namesake = [...groups.values()].find((other) => other.tenantId === tenantId && other.name === given.name);
    if (namesake !== undefined && namesake.id !== existing?.id) {
      throw fieldError('duplicate', 'group.name', `A group with the name [${given.name}] already exists.`);
    }
    const now = clock.now();
    return {
      ...given,
      id: id ?? newId(),
      name: given.name,
      tenantId,
      data: given.data ?? {},
      roles: rolesOf(tenantId, roleIds),
      insertInstant: existing?.insertInstant ?? now,
      lastUpdateInstant: now,
    };
  }

  /** The roles of these ids, by application. */
  function rolesOf(tenantId: string, roleIds: readonly string[]): Record<string, ApplicationRole[]> {
    const roles: Record<string, ApplicationRole[]> = {};
    for (const roleId of roleIds) {
      const owner = [...store.applications.values()].find(
        (application) => application.tenantId === tenantId && application.roles.some(({ id }) => id === roleId),
      );
      const role = owner?.roles.find(({ id }) => id === roleId);
      if (owner === undefined || role === undefined) {
        throw fieldError('invalid', 'roleIds', `The role [${roleId}] does not exist.`);
      }
      roles[owner.id] = [...(roles[owner.id] ?? []), role];
    }
    return roles;
  }
}

function roleIdsOf({ roles }: Group): string[] {
  return Object.values(roles).flatMap((ofApplication) => ofApplication.map(({ id }) => id));
}

const groupJson = z.looseObject({
  name: z.string().optional(),
  tenantId: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
