import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, requireGlobalApiKey, sees } from '../http/api-key-auth.js';
import { blank, fieldError, missing, notFound } from '../http/errors-json.js';
import {
  checkJson,
  optionalPathUuid,
  parseUuid,
  patchedJson,
  pathOf,
  pathUuid,
  readJsonObject,
  readParameters,
  readSearch,
} from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { KeptDocument } from '../store/document-table.js';
import { newId } from '../store/new-id.js';
import { type KeptKind, keptKinds, keptSettings } from './kept-kinds.js';
import { notEmulated } from './not-emulated.js';
import { pageOf, pagingJson } from './paging.js';
import { tenantForNew } from './tenant-choice.js';
import { textSearch } from './text-search.js';

/**
 * The kinds of records that FusionAuth has and the emulator does not give any effect: they are created, read, changed,
 * listed, searched and deleted as documents, and the emulator says once for each kind that it keeps it. In strict mode
 * the calls that write are refused.
 */
export function registerKeptDocuments(routes: RouteTable, context: EmulatorContext): void {
  for (const kind of keptKinds) {
    registerKind(routes, context, kind);
  }
  for (const setting of keptSettings) {
    registerSetting(routes, context, setting);
  }
}

function registerKind(routes: RouteTable, context: EmulatorContext, kind: KeptKind): void {
  const { documents } = context.store;
  const { basePath, member, listMember } = kind;
  const onePath = `${basePath}/:documentId`;
  const requireKey = kind.globalKey === true ? requireGlobalApiKey : requireApiKey;
  const authorize = (request: FastifyRequest) => requireKey(context, request, permissionPath(basePath));

  const create = async (request: FastifyRequest) => {
    const scope = authorize(request);
    announceKept(context, kind);
    const body = readJsonObject(request);
    const collection = collectionOf(request, basePath);
    const members = checkJson(body[member] ?? {}, z.record(z.string(), z.unknown()));
    const inBody = typeof members['id'] === 'string' ? parseUuid(members['id'], `${member}.id`) : undefined;
    const id = optionalPathUuid(request, 'documentId') ?? inBody ?? newId();
    if (documents.of(collection).has(id)) {
      throw fieldError('duplicate', `${member}Id`, `A record with the id [${id}] already exists.`);
    }
    const document = complete(kind, scope, { ...sourceOf(kind, collection, body), ...members }, id, undefined);
    documents.put(collection, document);
    return { [member]: document };
  };

  const update = async (request: FastifyRequest) => {
    const existing = find(authorize(request), request);
    announceKept(context, kind);
    const body = request.method === 'PATCH' ? patchedJson(request, { [member]: existing }) : readJsonObject(request);
    const members = checkJson(body[member], z.record(z.string(), z.unknown()));
    const document = complete(kind, { apiKey: undefined, tenantId: existing.tenantId }, members, existing.id, existing);
    documents.put(collectionOf(request, basePath, true), document);
    return { [member]: document };
  };

  routes.post(basePath, create);
  routes.post(onePath, create);
  routes.put(onePath, update);
  routes.patch(onePath, update);
  routes.get(basePath, async (request) => ({ [listMember]: listed(authorize(request), request) }));
  if (basePath !== '/api/user/comment') {
    routes.get(onePath, async (request) => ({ [member]: find(authorize(request), request) }));
  } else {
    routes.get(`${basePath}/:userId`, async (request) => {
      authorize(request);
      const userId = pathUuid(request, 'userId');
      return { [listMember]: [...documents.of(basePath).values()].filter((comment) => comment['userId'] === userId) };
    });
  }
  routes.delete(onePath, async (request, reply) => {
    const { id } = find(authorize(request), request);
    documents.delete(collectionOf(request, basePath, true), id);
    return reply.send();
  });
  const search = async (request: FastifyRequest) => {
    const scope = authorize(request);
    const criteria = readSearch(request, searchJson);
    const { ids = [], type } = criteria;
    const isNamed = textSearch(criteria.name);
    const found = listed(scope, request).filter(
      (document) =>
        (type === undefined || document['type'] === type) &&
        (ids.length === 0 || ids.includes(document.id)) &&
        isNamed(`${document['name'] ?? ''}`),
    );
    return { [listMember]: pageOf(found, criteria), total: found.length };
  };
  routes.get(`${basePath}/search`, search);
  routes.post(`${basePath}/search`, search);

  function listed(scope: ApiScope, request: FastifyRequest) {
    const collection = collectionOf(request, basePath);
    const by = kind.listedBy === undefined ? undefined : readParameters(request).get(kind.listedBy);
    return [...documents.of(collection).values()].filter(
      (document) =>
        (document.tenantId === undefined || sees(scope, document.tenantId)) &&
        (kind.listedBy === undefined || by === undefined || document[kind.listedBy] === by),
    );
  }

  function find(scope: ApiScope, request: FastifyRequest): KeptDocument {
    const document = documents.of(collectionOf(request, basePath, true)).get(pathUuid(request, 'documentId'));
    if (document === undefined || (document.tenantId !== undefined && !sees(scope, document.tenantId))) {
      throw notFound();
    }
    return document;
  }

  function sourceOf({ copiedFrom }: KeptKind, collection: string, body: Record<string, unknown>): object {
    const sourceId = copiedFrom === undefined ? undefined : body[copiedFrom];
    if (copiedFrom === undefined || sourceId === undefined) {
      return {};
    }
    const source = documents.of(collection).get(`${sourceId}`.toLowerCase());
    if (source === undefined) {
      throw fieldError('invalid', copiedFrom, `The [${copiedFrom}] value of [${sourceId}] is invalid.`);
    }
    return source;
  }

  function complete(
    { named, tenantScoped }: KeptKind,
    scope: ApiScope,
    members: Record<string, unknown>,
    id: string,
    existing: KeptDocument | undefined,
  ): KeptDocument {
    if (named === true && (members['name'] === undefined || members['name'] === '')) {
      throw blank(`${member}.name`);
    }
    const now = context.clock.now();
    const namedTenant = typeof members['tenantId'] === 'string' ? members['tenantId'] : undefined;
    const tenantId =
      existing?.tenantId ?? (tenantScoped ? tenantForNew(context.store, scope, namedTenant).id : undefined);
    const insertInstant = existing?.['insertInstant'] ?? now;
    const owner = tenantId === undefined ? {} : { tenantId };
    return { ...members, id, ...owner, insertInstant, lastUpdateInstant: now };
  }
}

function registerSetting(routes: RouteTable, context: EmulatorContext, setting: (typeof keptSettings)[number]): void {
  const { documents } = context.store;
  const { basePath, member } = setting;
  const current = () => documents.of(basePath).get(member) ?? { id: member };
  const answer = () => {
    const { id: _id, ...members } = current();
    return { [member]: members };
  };
  const update = async (request: FastifyRequest) => {
    requireGlobalApiKey(context, request, basePath);
    announceKept(context, setting);
    const body = request.method === 'PATCH' ? patchedJson(request, answer()) : readJsonObject(request);
    const members = setting.posted === true ? { licensed: true, ...body } : body[member];
    if (members === undefined) {
      throw missing(member);
    }
    documents.put(basePath, { ...checkJson(members, z.record(z.string(), z.unknown())), id: member });
    return setting.posted === true ? {} : answer();
  };
  routes.get(basePath, async (request) => {
    requireGlobalApiKey(context, request, basePath);
    return answer();
  });
  for (const method of setting.posted === true ? ['POST', 'PUT'] : ['PUT', 'PATCH']) {
    routes.on(method, basePath, update);
  }
}

/** Says once that a kind is kept; refuses it in strict mode. */
export function announceKept(context: EmulatorContext, { name, basePath }: Pick<KeptKind, 'name' | 'basePath'>): void {
  if (context.isStrict) {
    throw notEmulated(`${name} (${basePath})`);
  }
  if (!context.keptKinds.has(name)) {
    context.keptKinds.add(name);
    context.onKept(name);
  }
}

/** The path of a collection as it was called, without the id of the document. */
function collectionOf(request: FastifyRequest, basePath: string, withId = false): string {
  const path = pathOf(request).replace(/\/$/, '');
  if (!basePath.includes(':')) {
    return basePath;
  }
  const hasId = withId || path.split('/').length > basePath.split('/').length;
  return hasId ? path.slice(0, path.lastIndexOf('/')) : path;
}

/** Permissions are granted for paths without ids: those of a collection below a record are the record's. */
function permissionPath(basePath: string): string {
  return basePath.replace(/\/:\w+/, '');
}

const searchJson = z.looseObject({
  name: z.string().optional(),
  type: z.string().optional(),
  /** One of them is enough in a query. */
  ids: z.union([z.array(z.string()), z.string().transform((id) => [id])]).optional(),
  ...pagingJson,
});
