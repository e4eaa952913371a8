import type { FastifyRequest } from 'fastify';
import type { ApiScope } from './api-key-auth.js';
import { fieldError, missing, orNotFound } from './errors-json.js';
import { isJsonObject } from './json-merge.js';
import { optionalPathUuid, parseUuid, patchedJson, pathUuid, readJsonObject } from './request-input.js';
import type { RouteTable } from './route-table.js';

/** What a resource is built from: the members of the request, merged with the existing record for PATCH. */
export interface BuildRequest<T, S extends ApiScope = ApiScope> {
  readonly members: Record<string, unknown>;
  /** The id of the path, else of the body, else undefined: a random one. */
  readonly id: string | undefined;
  readonly existing: T | undefined;
  readonly scope: S;
  readonly body: Record<string, unknown>;
}

/** A change about to be stored. */
export interface Change<T, S extends ApiScope = ApiScope> {
  readonly scope: S;
  readonly existing: T | undefined;
  readonly request: FastifyRequest;
  readonly body: Record<string, unknown>;
}

/** A kind of record with FusionAuth's usual endpoints: create, retrieve, list, update, patch and delete. */
interface Resource<T extends { id: string }, S extends ApiScope> {
  readonly basePath: string;
  /** The member that holds a record in requests and answers, for example `tenant`. */
  readonly member: string;
  /** The name of the path parameter, for example `tenantId`. */
  readonly idName: string;
  /** The scope of a call, which the other functions get. */
  authorize(request: FastifyRequest): S;
  find(scope: S, id: string): T | undefined;
  /** Absent: the API has no list. */
  readonly list?: {
    /** The member that holds it, for example `tenants`. */
    readonly member: string;
    of(scope: S, request: FastifyRequest): T[];
  };
  /** True when the id is taken, in whatever tenant. */
  exists(id: string): boolean;
  /** Makes the record of a request. @throws ApiError 400 with the documented codes. */
  build(request: BuildRequest<T, S>): T;
  /** Stores the record; may fire events and refuse. */
  save(record: T, change: Change<T, S>): void | Promise<void>;
  /** Handles a PUT that is a command in its query, such as `reactivate=true`. False: it is an update. */
  command?(record: T, request: FastifyRequest): Promise<boolean>;
  remove(record: T, request: FastifyRequest, scope: S): void | Promise<void>;
  /** What the answer to a creation holds besides the record. */
  onCreated?(record: T): Promise<object>;
  /** What stands beside the record in a request, for example the `roleIds` of a group. PATCH starts from it. */
  companions?(record: T): Record<string, unknown>;
  /** What PATCH starts from. Default: the record. */
  patchable?(record: T): object;
  /** The record as answers show it. Default: as it is. */
  present?(record: T, created: boolean): object;
}

/** Registers the usual endpoints of a resource. */
export function registerResource<T extends { id: string }, S extends ApiScope = ApiScope>(
  routes: RouteTable,
  resource: Resource<T, S>,
): void {
  const { basePath, member, list, idName } = resource;
  const onePath = `${basePath}/:${idName}`;
  const answer = (record: T, created = false) => ({ [member]: resource.present?.(record, created) ?? record });

  const findOne = (request: FastifyRequest, scope: S): T => {
    return orNotFound(resource.find(scope, pathUuid(request, idName)));
  };

  const create = async (request: FastifyRequest) => {
    const scope = resource.authorize(request);
    const body = readJsonObject(request);
    const members = membersOf(body, member);
    const id = createdId(request, members, member, idName);
    if (id !== undefined && resource.exists(id)) {
      throw fieldError('duplicate', idName, `A record with [${idName}] = [${id}] already exists.`);
    }
    const record = resource.build({ members, id, existing: undefined, scope, body });
    await resource.save(record, { existing: undefined, request, body, scope });
    return { ...answer(record, true), ...(await resource.onCreated?.(record)) };
  };

  const update = async (request: FastifyRequest) => {
    const scope = resource.authorize(request);
    const existing = findOne(request, scope);
    if (request.method === 'PUT' && (await resource.command?.(existing, request)) === true) {
      return answer(existing);
    }
    const envelope = { [member]: resource.patchable?.(existing) ?? existing, ...resource.companions?.(existing) };
    const body = request.method === 'PATCH' ? patchedJson(request, envelope) : readJsonObject(request);
    const members = membersOf(body, member);
    const record = resource.build({ members, id: existing.id, existing, scope, body });
    await resource.save(record, { existing, request, body, scope });
    return answer(record);
  };

  routes.post(basePath, create);
  routes.post(onePath, create);
  routes.put(onePath, update);
  routes.patch(onePath, update);
  routes.get(onePath, async (request) => answer(findOne(request, resource.authorize(request))));
  routes.delete(onePath, async (request, reply) => {
    const scope = resource.authorize(request);
    await resource.remove(findOne(request, scope), request, scope);
    return reply.send();
  });
  if (list !== undefined) {
    routes.get(basePath, async (request) => {
      const records = list.of(resource.authorize(request), request);
      return { [list.member]: records.map((record) => resource.present?.(record, false) ?? record) };
    });
  }
}

function membersOf(body: Record<string, unknown>, member: string): Record<string, unknown> {
  const members = body[member];
  if (!isJsonObject(members)) {
    throw missing(member);
  }
  return members;
}

function createdId(
  request: FastifyRequest,
  members: Record<string, unknown>,
  member: string,
  idName: string,
): string | undefined {
  const { id } = members;
  const inBody = typeof id === 'string' ? parseUuid(id, `${member}.id`) : undefined;
  return optionalPathUuid(request, idName) ?? inBody;
}
