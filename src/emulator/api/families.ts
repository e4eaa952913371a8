import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, sees, visible } from '../http/api-key-auth.js';
import { blank, fieldError, missing, notFound, orNotFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, optionalPathUuid, pathUuid, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { KeptDocument } from '../store/document-table.js';
import { newId } from '../store/new-id.js';
import { announceKept } from './kept-documents.js';
import { userJson } from './user-json.js';

const basePath = '/api/user/family';

/**
 * `/api/user/family`: families and their members, kept without effect, and the children who name a parent. A request to
 * join one is accepted, and no e-mail is sent.
 */
export function registerFamilyApi(routes: RouteTable, context: EmulatorContext): void {
  const { documents, users } = context.store;

  const put = async (request: FastifyRequest) => {
    const scope = requireApiKey(context, request, basePath);
    announceKept(context, { name: 'families', basePath });
    const { familyMember } = readJson(request, familyRequest);
    if (familyMember?.userId === undefined) {
      throw missing('familyMember.userId');
    }
    if (visible(scope, users.get(familyMember.userId)) === undefined) {
      throw fieldError('invalid', 'familyMember.userId', 'The user does not exist.');
    }
    const id = optionalPathUuid(request, 'familyId') ?? newId();
    const known = documents.of(basePath).get(id);
    if (request.method === 'PUT' ? known === undefined : known !== undefined) {
      throw request.method === 'PUT' ? notFound() : fieldError('duplicate', 'familyId', `The family [${id}] exists.`);
    }
    const now = context.clock.now();
    const member = { ...familyMember, insertInstant: now, lastUpdateInstant: now };
    const members = [...membersOf(known).filter(({ userId }) => userId !== member.userId), member];
    const family = { id, members, insertInstant: known?.['insertInstant'] ?? now, lastUpdateInstant: now };
    documents.put(basePath, family);
    return { family };
  };
  routes.post(basePath, put);
  routes.post(`${basePath}/:familyId`, put);
  routes.put(`${basePath}/:familyId`, put);

  routes.get(`${basePath}/:familyId`, async (request) => {
    requireApiKey(context, request, basePath);
    return { family: find(request) };
  });
  routes.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const wanted = visible(scope, users.get(readParameters(request).uuid('userId') ?? ''));
    const families = [...documents.of(basePath).values()];
    return { families: families.filter((family) => membersOf(family).some(({ userId }) => userId === wanted?.id)) };
  });
  routes.delete(`${basePath}/:familyId/:userId`, async (request, reply) => {
    requireApiKey(context, request, basePath);
    const family = find(request);
    const leaving = pathUuid(request, 'userId');
    documents.put(basePath, { ...family, members: membersOf(family).filter(({ userId }) => userId !== leaving) });
    return reply.send();
  });

  routes.get(`${basePath}/pending`, async (request) => {
    const scope = requireApiKey(context, request, `${basePath}/pending`);
    const parentEmail = readParameters(request).get('parentEmail')?.toLowerCase();
    if (parentEmail === undefined) {
      throw missing('parentEmail');
    }
    const children = [...users.values()].filter((user) => user.parentEmail?.toLowerCase() === parentEmail);
    return { users: children.filter((user) => sees(scope, user.tenantId)).map(userJson) };
  });
  routes.post(`${basePath}/request`, async (request, reply) => {
    requireApiKey(context, request, `${basePath}/request`);
    if ((readJson(request, requestToJoin).parentEmail ?? '') === '') {
      throw blank('parentEmail');
    }
    return reply.send();
  });

  function find(request: FastifyRequest): KeptDocument {
    return orNotFound(documents.of(basePath).get(pathUuid(request, 'familyId')));
  }
}

function membersOf(family: KeptDocument | undefined) {
  return checkJson(family?.['members'] ?? [], z.array(memberJson));
}

const memberJson = z.looseObject({
  userId: uuidJson.optional(),
  owner: z.boolean().optional(),
  role: z.enum(['Child', 'Teen', 'Adult']).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

const familyRequest = z.object({ familyMember: memberJson.optional() });

const requestToJoin = z.object({ parentEmail: z.string().optional() });
