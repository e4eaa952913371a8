import type { ApiScope } from '../http/api-key-auth.js';
import type { User } from '../store/records.js';
import type { Store } from '../store/store.js';
import { tenantOfScope } from './tenant-choice.js';

/**
 * Finds a user by email address or user name. `types` narrows what the value may be; by default it may be either, and
 * an email address comes first.
 *
 * @throws ApiError 400 `[TenantIdRequired]` when there are several tenants and the call names none.
 */
export function findByLoginId(
  store: Store,
  scope: ApiScope,
  loginId: string,
  types: readonly string[] = [],
): User | undefined {
  return findInTenant(store, tenantOfScope(store, scope).id, loginId, types);
}

export function findInTenant(
  store: Store,
  tenantId: string,
  loginId: string,
  types: readonly string[] = [],
): User | undefined {
  const accepts = (type: string) => types.length === 0 || types.includes(type);
  return (
    (accepts('email') ? store.users.findByEmail(tenantId, loginId) : undefined) ??
    (accepts('username') ? store.users.findByUsername(tenantId, loginId) : undefined)
  );
}
