import type { Caller } from '../../domain/caller.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { TenantId } from '../../domain/ids.js';
import type { Access } from './access.js';

/**
 * Whether an operation is about several tenants at once. Such an operation can read only the memory of this service.
 */
export function isAcrossTenants(scope: { readonly caller: Caller; readonly tenantId: TenantId | null }): boolean {
  return scope.tenantId === null && scope.caller.tenantIds !== null;
}

/** Refuses all use of FusionAuth, because each of its calls is about one tenant. */
export const accessAcrossTenants: Access = {
  sessions() {
    throw nameOneTenant();
  },
  directory() {
    throw nameOneTenant();
  },
  people() {
    throw nameOneTenant();
  },
};

export function nameOneTenant(): InvalidInputError {
  const message =
    'Name one tenant in X-FusionAuth-TenantId: several can be named for sessionEvents, revocations and revocationsCompleteSince only.';
  return new InvalidInputError(['X-FusionAuth-TenantId'], message);
}
