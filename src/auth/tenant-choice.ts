import type { Caller } from '../domain/caller.js';
import { parseTenantId, type TenantId } from '../domain/ids.js';

export type TenantChoice =
  /** Null: FusionAuth decides, by its API key or because there is only one. */
  | { readonly ok: true; readonly tenantId: TenantId | null }
  | { readonly ok: false; readonly code: 'BAD_REQUEST' | 'FORBIDDEN'; readonly message: string };

/**
 * True when only the caller's word vouches for the tenant: one that does not exist is the caller's mistake. That of a
 * binding or of the configuration is for an operator to mend.
 */
export function isCallersWord(caller: Caller, tenantId: TenantId | null, configured: TenantId | null): boolean {
  return tenantId !== null && configured === null && caller.tenantIds === null;
}

/**
 * In which tenant an operation runs: the one the caller names in the header X-FusionAuth-TenantId, else the only one it
 * may act in.
 * @param configured The tenant this service is bound to, or null.
 */
export function chooseTenant(caller: Caller, header: string | undefined, configured: TenantId | null): TenantChoice {
  const named = header === undefined ? null : parseTenantId(header);
  if (named === undefined) {
    return { ok: false, code: 'BAD_REQUEST', message: 'X-FusionAuth-TenantId must be a UUID.' };
  }
  const [only, ...others] = caller.tenantIds ?? [];
  const tenantId = named ?? configured ?? only ?? null;
  if (named === null && configured === null && others.length > 0) {
    return {
      ok: false,
      code: 'BAD_REQUEST',
      message: 'Name one of your tenants in the header X-FusionAuth-TenantId: you may act in several.',
    };
  }
  const isWithinBounds =
    (configured === null || tenantId === configured) &&
    (caller.tenantIds === null || (tenantId !== null && caller.tenantIds.has(tenantId)));
  // The same answer for a tenant that exists and for one that does not.
  return isWithinBounds ? { ok: true, tenantId } : { ok: false, code: 'FORBIDDEN', message: 'Not in this tenant.' };
}
