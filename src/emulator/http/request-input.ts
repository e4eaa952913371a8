import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonPatchType, mediaTypeOf, mergePatchType, requireJsonType } from './content-type.js';
import { type ApiError, couldNotConvert, generalError } from './errors-json.js';
import { appendingPatch, dropNulls, isJsonObject, mergePatch } from './json-merge.js';
import { applyJsonPatch } from './json-patch.js';
import { parseLeniently } from './scalar-coercion.js';

/** A request body as it arrived. It is parsed by the handler, so that authentication is always checked first. */
export interface RawBody {
  readonly contentType: string;
  readonly text: string;
}

/** The JSON body, checked against `schema`. A missing body reads as `{}`, so that required members are reported. */
export function readJson<S extends z.ZodType>(request: FastifyRequest, schema: S): z.output<S> {
  return checkJson(readJsonObject(request), schema);
}

/** The criteria of a search: the member `search` of the JSON body, or the parameters of a GET. Default: none. */
export function readSearch<S extends z.ZodType>(request: FastifyRequest, criteria: S): z.output<S> {
  return request.method === 'GET'
    ? checkJson(Object.fromEntries(Object.entries(queryRecord(request)).filter(([, value]) => value !== '')), criteria)
    : (readJson(request, z.object({ search: criteria.optional() })).search ?? criteria.parse({}));
}

/** The JSON body as it came, `{}` when there is none. Members that are null count as absent; PATCH keeps them. */
export function readJsonObject(request: FastifyRequest): Record<string, unknown> {
  const parsed = jsonOf(request);
  const body = request.method === 'PATCH' ? parsed : dropNulls(parsed);
  if (!isJsonObject(body)) {
    throw invalidJson();
  }
  return body;
}

/**
 * What a PATCH makes of a record: the request as a PUT would send it. The content type chooses how: JSON Patch, JSON merge
 * patch, or FusionAuth's original way (FusionAuth documentation, API overview, the PATCH HTTP method).
 *
 * @param current - the record in its envelope, as the body of a PUT would hold it.
 */
export function patchedJson(request: FastifyRequest, current: Record<string, unknown>): Record<string, unknown> {
  const patch = jsonOf(request);
  const type = mediaTypeOf(rawBodyOf(request)?.contentType ?? '');
  const isJsonPatch = type === jsonPatchType;
  if (!isJsonPatch && !isJsonObject(patch)) {
    throw invalidJson();
  }
  const apply = type === mergePatchType ? mergePatch : appendingPatch;
  const result = isJsonPatch ? applyJsonPatch(current, patch) : apply(current, patch);
  if (!isJsonObject(result)) {
    throw invalidJson();
  }
  return result;
}

/** @throws ApiError 400 `[couldNotConvert]path` for the first member of a wrong type. */
export function checkJson<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const parsed = parseLeniently(schema, value);
  if (parsed.success) {
    return parsed.data;
  }
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw field === '' ? invalidJson() : couldNotConvert(field);
}

/** True when the request carries a JSON body. */
export function hasJson(request: FastifyRequest): boolean {
  const raw = rawBodyOf(request);
  return raw !== undefined && !isForm(raw);
}

/**
 * The parameters of a request. FusionAuth does not tell query parameters from those of a form body; the form wins
 * where both have one.
 */
export function readParameters(request: FastifyRequest): Parameters {
  const raw = rawBodyOf(request);
  return new Parameters(queryOf(request), raw !== undefined && isForm(raw) ? new URLSearchParams(raw.text) : undefined);
}

export class Parameters {
  constructor(
    readonly query: URLSearchParams,
    readonly form: URLSearchParams | undefined,
  ) {}

  /** The first value, undefined when it is missing or empty. */
  get(name: string): string | undefined {
    const value = this.form?.get(name) ?? this.query.get(name);
    return value === null || value === '' ? undefined : value;
  }

  all(name: string): string[] {
    return [...(this.form?.getAll(name) ?? []), ...this.query.getAll(name)];
  }

  /** @throws ApiError 400 `[couldNotConvert]name` when the value is no UUID. */
  uuid(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : parseUuid(value, name);
  }

  boolean(name: string): boolean {
    return this.get(name) === 'true';
  }

  /** @throws ApiError 400 `[couldNotConvert]name` when the value is no whole number of zero or more. */
  integer(name: string): number | undefined {
    const value = this.get(name);
    if (value !== undefined && !/^\d{1,15}$/.test(value)) {
      throw couldNotConvert(name);
    }
    return value === undefined ? undefined : Number(value);
  }
}

/**
 * A path parameter that must be a UUID. FusionAuth's answer to a malformed one is not documented; the emulator gives
 * the conversion error documented for query parameters.
 */
export function pathUuid(request: FastifyRequest, name: string): string {
  const value = pathParameter(request, name);
  return parseUuid(value, name);
}

/** As {@link pathUuid}, undefined on a route without the parameter. */
export function optionalPathUuid(request: FastifyRequest, name: string): string | undefined {
  const value = pathMember(request, name);
  return value === undefined ? undefined : parseUuid(value, name);
}

export function pathParameter(request: FastifyRequest, name: string): string {
  const value = pathMember(request, name);
  if (value === undefined) {
    throw new Error(`The route of ${pathOf(request)} has no parameter ${name}`);
  }
  return value;
}

function pathMember({ params }: FastifyRequest, name: string): string | undefined {
  const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Any hexadecimal UUID, whatever its version: FusionAuth's own ids include ones no RFC 9562 version allows. */
export const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function parseUuid(value: string, name: string): string {
  if (!uuidPattern.test(value)) {
    throw couldNotConvert(name);
  }
  return value.toLowerCase();
}

/**
 * The caller's address as FusionAuth sees it: the first entry of `X-Forwarded-For`, or the peer's address.
 */
export function addressOf(request: FastifyRequest): string {
  const forwarded = request.headers['x-forwarded-for'];
  const first = (typeof forwarded === 'string' ? forwarded : forwarded?.[0])?.split(',')[0]?.trim();
  return first === undefined || first === '' ? request.ip : first;
}

export function queryOf(request: FastifyRequest): URLSearchParams {
  const start = request.url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : request.url.slice(start + 1));
}

/** The parameters of the query: those that are repeated as lists. */
export function queryRecord(request: FastifyRequest): Record<string, string | string[]> {
  const query = queryOf(request);
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}

function rawBodyOf(request: FastifyRequest): RawBody | undefined {
  const { body } = request;
  if (typeof body !== 'object' || body === null || !('text' in body) || !('contentType' in body)) {
    return undefined;
  }
  const { text, contentType } = body;
  const isRaw = typeof text === 'string' && typeof contentType === 'string' && text !== '';
  return isRaw ? { text, contentType } : undefined;
}

/** The parsed body, `{}` when there is none. @throws ApiError 400 for one that is not called JSON, or is none. */
function jsonOf(request: FastifyRequest): unknown {
  const raw = rawBodyOf(request);
  if (raw === undefined) {
    return {};
  }
  // The paths of the emulator's own take JSON however a test sends it.
  if (!pathOf(request).startsWith('/emulator/')) {
    requireJsonType(raw.contentType, request.method);
  }
  return parseJson(raw.text);
}

function isForm(raw: RawBody): boolean {
  return mediaTypeOf(raw.contentType) === 'application/x-www-form-urlencoded';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

function invalidJson(): ApiError {
  return generalError('[invalidJSON]', 'Invalid JSON in the request body.');
}
