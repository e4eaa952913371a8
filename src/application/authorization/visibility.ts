import { type Caller, ownIdOf, type Permission, reachOf } from '../../domain/caller.js';
import type { TenantId } from '../../domain/ids.js';
import type { ConcernedParty } from '../../domain/session-event.js';
import { lacksPermission } from './access.js';

/**
 * Decides which events a caller may see under a permission: those about anyone within its bounds, or about itself.
 * @throws ForbiddenError when it may see none.
 */
export function visibilityOf(
  { caller, tenantId }: { readonly caller: Caller; readonly tenantId: TenantId | null },
  permission: Permission,
): (party: ConcernedParty) => boolean {
  if (reachOf(caller, permission) === 'nobody') throw lacksPermission(caller, permission);
  const ownId = ownIdOf(caller, permission);
  const { applicationIds } = caller;
  const isInTenant = (id: TenantId | null) =>
    tenantId === null ? caller.tenantIds === null || (id !== null && caller.tenantIds.has(id)) : id === tenantId;
  // A user belongs to one tenant, so its id suffices.
  return (party) =>
    (ownId === null ? isInTenant(party.tenantId) : party.userId === ownId) &&
    (applicationIds === null || isOfApplications(party, applicationIds));
}

/** An event without an application is about every application, unless it names a session: that is an SSO session. */
function isOfApplications({ applicationId, sessionId }: ConcernedParty, applicationIds: ReadonlySet<string>): boolean {
  return applicationId === null ? sessionId === null : applicationIds.has(applicationId);
}
