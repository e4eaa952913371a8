import type { ApplicationId } from '../ids.js';

/** Where FusionAuth's administrators keep session policies: `data.sessionPolicy` of a tenant and of its applications. */
export interface PolicyDocuments {
  /**
   * May be a few seconds old. Of applications too many to be listed, those of the sessions that were listed lately.
   * @throws an UpstreamError when some cannot be read: they may be missing then.
   */
  read(): Promise<FoundPolicyDocuments>;
}

/** Documents as they are, unchecked. */
export interface FoundPolicyDocuments {
  /** Undefined where the tenant has none, or where there are several tenants and none is named. */
  readonly ofTenant: unknown;
  /** True when no tenant is named, and there are several that have documents of their own. */
  readonly variesByTenant: boolean;
  /** False when the tenant could not be looked at: then it may have one all the same. */
  readonly isTenantKnown: boolean;
  /**
   * Of applications that were looked at; undefined where one has none. The same value as before while it has not been
   * read anew.
   */
  readonly ofApplications: ReadonlyMap<ApplicationId, unknown>;
  /** False when others may have one, too, because FusionAuth did not list all, or not in time. */
  readonly areAllApplications: boolean;
}
