import type { ApplicationId } from '../ids.js';

/**
 * The session policies that administrators keep in FusionAuth: `data.sessionPolicy` of a tenant and of its
 * applications.
 */
export interface PolicyDocuments {
  /**
   * Reads the documents. They may be a few seconds old. When there are too many applications to list, it reads those of
   * recently listed sessions.
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
   * The document of each application that was looked at; undefined where it has none. The map stays the same object
   * until it is read anew.
   */
  readonly ofApplications: ReadonlyMap<ApplicationId, unknown>;
  /** False when further applications may have one, because FusionAuth did not list all of them, or not in time. */
  readonly areAllApplications: boolean;
}
