import type { Caller } from '../../domain/caller.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { TenantId } from '../../domain/ids.js';
import type { Access } from './access.js';

/** Whether an operation is about several tenants at once: it can read what this service remembers, and nothing else. */
export function isAcrossTenants(scope: { readonly caller: Caller; readonly tenantId: TenantId | null }): boolean {
  return scope.tenantId === null && scope.caller.tenantIds !== null;
}

/** Nothing of FusionAuth, whose calls are about one tenant each. */
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
