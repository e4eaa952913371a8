import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import type { ApiKey } from '../store/instance-records.js';
import { fieldError, unauthorized } from './errors-json.js';

/** What an authenticated call may see. */
export interface ApiScope {
  readonly apiKey: ApiKey | undefined;
  /** When present, records of other tenants do not exist for this call. */
  readonly tenantId: string | undefined;
}

/**
 * Accepts a call by its API key, or answers 401 with no body: for a missing, unknown or expired key as well as for one
 * that lacks the permission (FusionAuth documentation, API authentication).
 *
 * @param basePath - the path permissions are granted for, without ids: `/api/user` also covers `/api/user/{userId}`.
 */
export function requireApiKey(context: EmulatorContext, request: FastifyRequest, basePath: string): ApiScope {
  const apiKey = context.store.findApiKey(request.headers.authorization ?? '');
  if (apiKey === undefined || !permits(apiKey, basePath, request.method)) {
    throw unauthorized();
  }
  const call = context.openCalls.get(request);
  if (call !== undefined) {
    call.apiKeyId = apiKey.id;
  }
  return { apiKey, tenantId: scopedTenant(context, apiKey, request) };
}

/** Like {@link requireApiKey}, and refuses keys that are locked to a tenant: some endpoints are instance-wide. */
export function requireGlobalApiKey(context: EmulatorContext, request: FastifyRequest, basePath: string): ApiScope {
  const scope = requireApiKey(context, request, basePath);
  if (scope.apiKey?.tenantId !== undefined) {
    throw unauthorized();
  }
  return scope;
}

/** The scope of a call that needs no key: the tenant header alone. */
export function anonymousScope(context: EmulatorContext, request: FastifyRequest): ApiScope {
  return { apiKey: undefined, tenantId: knownTenant(context, request) };
}

/** The `X-FusionAuth-TenantId` header, in lower case. */
export function tenantHeader(request: FastifyRequest): string | undefined {
  const header = request.headers['x-fusionauth-tenantid'];
  return typeof header === 'string' && header !== '' ? header.toLowerCase() : undefined;
}

/** True when the call may see records of this tenant. */
export function sees(scope: ApiScope, tenantId: string): boolean {
  return scope.tenantId === undefined || scope.tenantId === tenantId;
}

/** The record, if the call may see it. */
export function visible<T extends { readonly tenantId: string }>(
  scope: ApiScope,
  record: T | undefined,
): T | undefined {
  return record !== undefined && sees(scope, record.tenantId) ? record : undefined;
}

function permits(apiKey: ApiKey, basePath: string, method: string): boolean {
  const endpoints = apiKey.permissions?.endpoints;
  if (endpoints === undefined || Object.keys(endpoints).length === 0) {
    return true;
  }
  return endpoints[basePath]?.includes(method) === true;
}

/**
 * A key locked to one tenant with the header of another answers 401. The documentation is silent about this conflict;
 * refusing is the only answer that cannot show one tenant's data to the other.
 */
function scopedTenant(context: EmulatorContext, apiKey: ApiKey, request: FastifyRequest): string | undefined {
  const header = tenantHeader(request);
  if (apiKey.tenantId !== undefined && header !== undefined && header !== apiKey.tenantId) {
    throw unauthorized();
  }
  return apiKey.tenantId ?? knownTenant(context, request);
}

/** @throws ApiError 400 when the header names a tenant that does not exist. */
function knownTenant(context: EmulatorContext, request: FastifyRequest): string | undefined {
  const header = tenantHeader(request);
  if (header !== undefined && !context.store.tenants.has(header)) {
    throw fieldError('invalid', 'tenantId', `The [X-FusionAuth-TenantId] value of [${header}] is not a tenant.`);
  }
  return header;
}
