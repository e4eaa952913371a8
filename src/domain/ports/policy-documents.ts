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
  /** Of applications that have one. The same value as before while it has not been read anew. */
  readonly ofApplications: ReadonlyMap<ApplicationId, unknown>;
}
