import type { Caller } from '../domain/caller.js';
import { parseTenantId, type TenantId } from '../domain/ids.js';

export type TenantChoice =
  /** Null: FusionAuth decides, by its API key or because there is only one. */
  | {
      readonly ok: true;
      readonly tenantId: TenantId | null;
      /** Set where several are named: then `tenantId` is null, and only what this service remembers can be read. */
      readonly tenantIds: ReadonlySet<TenantId> | null;
      /**
       * True when only the caller has named the tenants, so that one that does not exist is the caller's mistake. A tenant
       * of a binding or of the configuration is for an operator to mend.
       */
      readonly isCallersWord: boolean;
    }
  | { readonly ok: false; readonly code: 'BAD_REQUEST' | 'FORBIDDEN'; readonly message: string };

/** The most tenants that one request names. */
const maxNamedTenants = 100;

/**
 * In which tenant an operation runs: the one the caller names in the header X-FusionAuth-TenantId, else the only one it
 * may act in.
 * @param configured The tenant this service is bound to, or null.
 */
export function chooseTenant(caller: Caller, header: string | undefined, configured: TenantId | null): TenantChoice {
  const names =
    header === undefined ? [] : header.split(',', maxNamedTenants + 1).map((name) => parseTenantId(name.trim()));
  const namedIds = new Set(names.filter((id) => id !== undefined));
  if (names.includes(undefined) || names.length > maxNamedTenants) {
    const message = `X-FusionAuth-TenantId must be a UUID, or up to ${maxNamedTenants} with commas between to follow what is revoked in several tenants.`;
    return { ok: false, code: 'BAD_REQUEST', message };
  }
  const isWithinBounds = (id: TenantId | null) =>
    (configured === null || id === configured) &&
    (caller.tenantIds === null || (id !== null && caller.tenantIds.has(id)));
  const isCallersWord = namedIds.size > 0 && configured === null && caller.tenantIds === null;
  if (namedIds.size > 1) {
    if (![...namedIds].every(isWithinBounds)) return notInThisTenant;
    return { ok: true, tenantId: null, tenantIds: namedIds, isCallersWord };
  }
  const [named = null] = namedIds;
  const [only, ...others] = caller.tenantIds ?? [];
  const tenantId = named ?? configured ?? only ?? null;
  if (named === null && configured === null && others.length > 0) {
    return {
      ok: false,
      code: 'BAD_REQUEST',
      message: 'Name one of your tenants in the header X-FusionAuth-TenantId: you may act in several.',
    };
  }
  return isWithinBounds(tenantId) ? { ok: true, tenantId, tenantIds: null, isCallersWord } : notInThisTenant;
}

/** The same answer for a tenant that exists and for one that does not. */
const notInThisTenant = { ok: false, code: 'FORBIDDEN', message: 'Not in this tenant.' } as const;
