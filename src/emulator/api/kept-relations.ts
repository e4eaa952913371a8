import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { missing, notFound } from '../http/errors-json.js';
import { checkJson, optionalPathUuid, readJsonObject, readParameters, readSearch } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { KeptDocument } from '../store/document-table.js';
import { newId } from '../store/new-id.js';
import { announceKept } from './kept-documents.js';
import { pageOf, pagingJson } from './paging.js';

/** A relation between two records, kept without effect. It is found by what it relates and not by an id. */
interface KeptRelation {
  readonly name: string;
  readonly path: string;
  /** The path that permissions are granted for. */
  readonly permission: string;
  readonly member: string;
  readonly listMember: string;
  /** The member that holds the id of the path, if it has one. */
  readonly owner?: string;
  /** By which a relation is found. One that names all of the same is the same relation. */
  readonly keys: readonly string[];
  /** A parameter whose presence asks for one relation instead of a list. */
  readonly oneBy: readonly string[];
  readonly searchPath?: string;
}

const searchJson = z.looseObject(pagingJson);

export const keptRelations: readonly KeptRelation[] = [
  {
    name: 'entity grants',
    path: '/api/entity/:entityId/grant',
    permission: '/api/entity/grant',
    member: 'grant',
    listMember: 'grants',
    owner: 'entityId',
    keys: ['recipientEntityId', 'userId'],
    oneBy: ['recipientEntityId', 'userId'],
    searchPath: '/api/entity/grant/search',
  },
  {
    name: 'links of users with identity providers',
    path: '/api/identity-provider/link',
    permission: '/api/identity-provider/link',
    member: 'identityProviderLink',
    listMember: 'identityProviderLinks',
    keys: ['identityProviderId', 'identityProviderUserId', 'userId'],
    oneBy: ['identityProviderUserId'],
  },
];

/** Grants of entities and links with identity providers: created or replaced, read and deleted. */
export function registerKeptRelations(routes: RouteTable, context: EmulatorContext): void {
  for (const relation of keptRelations) {
    registerRelation(routes, context, relation);
  }
}

function registerRelation(routes: RouteTable, context: EmulatorContext, relation: KeptRelation): void {
  const { documents } = context.store;
  const { path, member, listMember, owner, keys } = relation;

  routes.post(path, async (request) => {
    requireApiKey(context, request, relation.permission);
    announceKept(context, { name: relation.name, basePath: path });
    const members = checkJson(readJsonObject(request)[member], z.record(z.string(), z.unknown()));
    const named = { ...members, ...ownerOf(request) };
    const key = Object.fromEntries(keys.flatMap((name) => (named[name] === undefined ? [] : [[name, named[name]]])));
    if (Object.keys(key).length === 0) {
      throw missing(`${member}.${keys[0]}`);
    }
    const now = context.clock.now();
    const existing = all(request).find((document) => Object.entries(key).every(([name, id]) => document[name] === id));
    const { id, insertInstant } = existing ?? { id: newId(), insertInstant: now };
    const document = { ...named, id, insertInstant, lastUpdateInstant: now };
    documents.put(path, document);
    return { [member]: document };
  });

  routes.get(path, async (request) => {
    requireApiKey(context, request, relation.permission);
    const found = matching(request);
    if (relation.oneBy.every((name) => readParameters(request).get(name) === undefined)) {
      return { [listMember]: found };
    }
    const [first] = found;
    if (first === undefined) {
      throw notFound();
    }
    return { [member]: first };
  });

  routes.delete(path, async (request, reply) => {
    requireApiKey(context, request, relation.permission);
    const [first] = matching(request);
    if (first === undefined || keys.every((name) => readParameters(request).get(name) === undefined)) {
      throw notFound();
    }
    documents.delete(path, first.id);
    return reply.send(owner === undefined ? { [member]: first } : undefined);
  });

  if (relation.searchPath !== undefined) {
    const search = async (request: FastifyRequest) => {
      requireApiKey(context, request, relation.permission);
      const { startRow, numberOfResults, ...named } = readSearch(request, searchJson);
      const wanted = Object.entries(named).filter(([name]) => keys.includes(name) || name === owner);
      const found = [...documents.of(path).values()].filter((document) =>
        wanted.every(([name, id]) => document[name] === id),
      );
      return { [listMember]: pageOf(found, { startRow, numberOfResults }), total: found.length };
    };
    routes.get(relation.searchPath, search);
    routes.post(relation.searchPath, search);
  }

  function all(request: FastifyRequest): KeptDocument[] {
    const named = Object.entries(ownerOf(request));
    return [...documents.of(path).values()].filter((document) => named.every(([name, id]) => document[name] === id));
  }

  function matching(request: FastifyRequest): KeptDocument[] {
    const parameters = readParameters(request);
    return all(request).filter((document) =>
      keys.every((name) => parameters.get(name) === undefined || document[name] === parameters.get(name)),
    );
  }

  function ownerOf(request: FastifyRequest): Record<string, string | undefined> {
    return owner === undefined ? {} : { [owner]: optionalPathUuid(request, owner) };
  }
}
