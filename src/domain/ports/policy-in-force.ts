import type { TenantId } from '../ids.js';
import type { Policy } from '../policy/policy.js';

/** The session policy that holds at this moment, wherever it is configured. */
export interface PolicyInForce {
  /**
   * The policy for the users of a tenant, or of the service's only one when that is null. The last good one while a new
   * one cannot be read. May be some seconds old.
   * @returns null when none is configured.
   * @throws an UpstreamError when it has not been read yet and cannot be.
   */
  current(tenantId: TenantId | null): Promise<Policy | null>;
  /**
   * Whether tenants have policies of their own, so that {@link current} needs the tenant of a user. Absent where they
   * have none. @throws an UpstreamError when that cannot be read.
   */
  variesByTenant?(): Promise<boolean>;
}
