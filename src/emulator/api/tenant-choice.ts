import type { ApiScope } from '../http/api-key-auth.js';
import { generalError, notFound } from '../http/errors-json.js';
import type { Tenant } from '../store/records.js';
import type { Store } from '../store/store.js';

/** The tenant of a call's key or header, or the only one there is. */
export function findTenantOfScope(store: Store, scope: ApiScope): Tenant | undefined {
  const [only, ...others] = store.tenants.values();
  return scope.tenantId === undefined && others.length === 0 ? only : store.tenants.get(scope.tenantId ?? '');
}

/**
 * The tenant of a call that cannot tell it from a record.
 *
 * @throws ApiError 400 `[TenantIdRequired]` when there are several and none is named, 404 when the named one is unknown.
 */
export function tenantOfScope(store: Store, scope: ApiScope): Tenant {
  const tenant = findTenantOfScope(store, scope);
  if (tenant !== undefined) {
    return tenant;
  }
  throw scope.tenantId === undefined
    ? generalError('[TenantIdRequired]', 'You must specify a tenant Id for this call.')
    : notFound();
}

/** The tenant of a new record, which may also be named in the record when the call is not bound to one. */
export function tenantForNew(store: Store, scope: ApiScope, named: string | undefined): Tenant {
  const tenant = scope.tenantId === undefined && named !== undefined ? store.tenants.get(named) : undefined;
  return tenant ?? tenantOfScope(store, scope);
}
