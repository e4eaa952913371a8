import type { ApplicationId, TenantId } from '../domain/ids.js';
import type { FoundPolicyDocuments } from '../domain/ports/policy-documents.js';
import { translateErrors } from './call-error.js';
import { tenantOf } from './lifetimes.js';
import type { NeededSettings, ReadSettings } from './settings.js';

/** Reads session policies from the cached settings. @param tenantId The tenant of the settings; null for any. */
export async function readPolicyDocuments(
  read: (needed: NeededSettings) => Promise<ReadSettings>,
  tenantId: TenantId | null,
  tenantIsCallersWord: boolean,
): Promise<FoundPolicyDocuments> {
  return translateErrors(async () => {
    const { settings, error } = await read({ applicationIds: [], tenantIds: [] });
    if (error !== undefined) throw error;
    const ofApplications = new Map<ApplicationId, unknown>();
    for (const { id, tenantId: owner, sessionPolicy } of settings.applications.values()) {
      const isHere = tenantId === null || owner === null || owner === tenantId;
      if (isHere) ofApplications.set(id, sessionPolicy);
    }
    const tenant = tenantOf(null, settings, tenantId);
    const isSomeTenants = settings.areSomeTenants === true;
    const isAnyKept =
      [...settings.tenants.values()].some(({ sessionPolicy }) => sessionPolicy !== undefined) ||
      (isSomeTenants && [...ofApplications.values()].some((document) => document !== undefined));
    return {
      variesByTenant: tenantId === null && tenant === undefined && isAnyKept,
      ofTenant: tenant?.sessionPolicy,
      isTenantKnown: tenant !== undefined || !isSomeTenants,
      ofApplications,
      areAllApplications: settings.areSomeApplications !== true,
    };
  }, tenantIsCallersWord);
}
