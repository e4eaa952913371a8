import type { TenantId } from '../ids.js';

/**
 * Bounds how many sessions a policy may end in a minute, over all replicas, and so the damage of a wrong rule. Atomic:
 * never more than the limit is granted within any 60 seconds, however many ask at the same moment.
 */
export interface RevocationAllowance {
  /**
   * Takes as many endings as are left, up to the number asked for. Granted endings count, whether they are used or not.
   * @throws StoreUnavailableError when it is not known how many are left: then nothing may be ended.
   */
  take(request: AllowanceRequest): Promise<GrantedAllowance>;
}

export interface AllowanceRequest {
  /** Whose policy it is; null where there is one for all. */
  readonly tenantId: TenantId | null;
  /** How many endings are wanted. */
  readonly count: number;
  /** The limit, as the policy has it now. */
  readonly perMinute: number;
}

export interface GrantedAllowance {
  /** 0 to `count`. */
  readonly granted: number;
  /** When more can be granted, in milliseconds; 0 when all was. */
  readonly retryAfterMs: number;
}

/** The length of what is counted, in milliseconds. */
export const allowanceWindowMs = 60_000;
