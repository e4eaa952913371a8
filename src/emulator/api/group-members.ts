import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { fieldError, missing } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { hasJson, pathUuid, readJson, readParameters, readSearch } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { newId } from '../store/new-id.js';
import type { Group, GroupMember, User } from '../store/records.js';
import { pageOf, pagingJson } from './paging.js';

const basePath = '/api/group/member';

/** `/api/group/member`: add, replace, remove and search the members of groups. */
export function registerGroupMemberApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  const add = async (request: FastifyRequest) => {
    const scope = requireApiKey(context, request, basePath);
    const { members } = readJson(request, memberRequest);
    if (members === undefined) {
      throw missing('members');
    }
    const wanted = Object.entries(members).flatMap(([groupId, ofGroup]) =>
      ofGroup.map((member) => ({ ...member, group: findGroup(scope, groupId), user: findUser(scope, member.userId) })),
    );
    if (request.method === 'PUT') {
      for (const groupId of Object.keys(members)) {
        removeWhere((member) => member.groupId === groupId.toLowerCase());
      }
    }
    const added: Record<string, object[]> = {};
    for (const { id = newId(), data, group, user } of wanted) {
      const member = { id, groupId: group.id, ...(data === undefined ? {} : { data }), insertInstant: clock.now() };
      user.memberships = [...user.memberships.filter(({ groupId }) => groupId !== group.id), member];
      added[group.id] = [...(added[group.id] ?? []), { ...member, userId: user.id }];
    }
    return { members: added };
  };
  routes.post(basePath, add);
  routes.put(basePath, add);

  routes.delete(basePath, async (request, reply) => {
    const scope = requireApiKey(context, request, basePath);
    removeWhere(selected(request), scope);
    return reply.send();
  });
  routes.delete(`${basePath}/:memberId`, async (request, reply) => {
    const scope = requireApiKey(context, request, basePath);
    const memberId = pathUuid(request, 'memberId');
    removeWhere(({ id }) => id === memberId, scope);
    return reply.send();
  });

  routes.post(`${basePath}/search`, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const search = readSearch(request, searchJson);
    const candidates = search.userId === undefined ? store.users.values() : [store.users.get(search.userId)];
    const found = [...candidates].flatMap((user) =>
      user === undefined || !sees(scope, user.tenantId) || (search.tenantId ?? user.tenantId) !== user.tenantId
        ? []
        : user.memberships
            .filter(({ groupId }) => search.groupId === undefined || groupId === search.groupId)
            .map((member) => ({ ...member, userId: user.id })),
    );
    return { members: pageOf(found, search), total: found.length };
  });

  function findGroup(scope: ApiScope, id: string): Group {
    const group = store.groups.get(id.toLowerCase());
    if (group === undefined || !sees(scope, group.tenantId)) {
      throw fieldError('invalid', `members[${id}]`, `The group [${id}] does not exist.`);
    }
    return group;
  }

  function findUser(scope: ApiScope, id: string | undefined): User {
    const user = id === undefined ? undefined : store.users.get(id);
    if (user === undefined || !sees(scope, user.tenantId)) {
      throw fieldError('invalid', 'members.userId', `The user [${id}] does not exist.`);
    }
    return user;
  }

  function removeWhere(matches: (member: GroupMember, user: User) => boolean, scope?: ApiScope): void {
    for (const user of store.users.values()) {
      if (user.memberships.length > 0 && (scope === undefined || sees(scope, user.tenantId))) {
        user.memberships = user.memberships.filter((member) => !matches(member, user));
      }
    }
  }
}

/** What a removal names: members by id, everybody of a group, one user of a group, or users by group. */
function selected(request: FastifyRequest): (member: GroupMember, user: User) => boolean {
  const parameters = readParameters(request);
  const { memberIds, members = {} } = hasJson(request) ? readJson(request, deleteRequest) : {};
  const memberId = parameters.uuid('memberId');
  const groupId = parameters.uuid('groupId');
  const userId = parameters.uuid('userId');
  if (memberIds === undefined && memberId === undefined && groupId === undefined && Object.keys(members).length === 0) {
    throw missing('memberId');
  }
  return (member, user) =>
    member.id === memberId ||
    memberIds?.includes(member.id) === true ||
    members[member.groupId]?.includes(user.id) === true ||
    (groupId === member.groupId && (userId === undefined || userId === user.id));
}

const memberRequest = z.object({
  members: z
    .record(
      z.string(),
      z.array(
        z.looseObject({
          id: uuidJson.optional(),
          userId: uuidJson.optional(),
          data: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    )
    .optional(),
});

const deleteRequest = z.object({
  memberIds: z.array(uuidJson).optional(),
  members: z.record(uuidJson, z.array(uuidJson)).optional(),
});

const searchJson = z.object({
  groupId: uuidJson.optional(),
  userId: uuidJson.optional(),
  tenantId: uuidJson.optional(),
  ...pagingJson,
});
