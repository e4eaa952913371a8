import type { ApplicationId, TenantId, UserId } from './ids.js';
import type { Instant } from './session.js';

/** The owner of sessions, as far as callers of this service may know them. */
export interface User {
  readonly id: UserId;
  readonly email: string | null;
  readonly username: string | null;
  /** Since FusionAuth 1.59 it may be all that a user signs in with. */
  readonly phoneNumber: string | null;
  readonly displayName: string | null;
  readonly active: boolean;
  /** Null when FusionAuth does not say. */
  readonly verified: boolean | null;
  readonly lastLoginAt: Instant | null;
  /** Null when FusionAuth does not say. */
  readonly tenantId: TenantId | null;
}

/** A user's place in one application. */
export interface Registration {
  readonly applicationId: ApplicationId;
  readonly roles: readonly string[];
  readonly registeredAt: Instant | null;
  readonly lastLoginAt: Instant | null;
}

/** One time that a user signed in. */
export interface SignIn {
  readonly signedInAt: Instant;
  /** Null where it was to no application. */
  readonly applicationId: ApplicationId | null;
  readonly ipAddress: string | null;
}

export interface Tenant {
  readonly id: TenantId;
  readonly name: string | null;
}

export interface Application {
  readonly id: ApplicationId;
  readonly name: string | null;
  /** Null when FusionAuth does not say. */
  readonly tenantId: TenantId | null;
  /** How long an access token issued just before a revocation can still be accepted. Null when it is not known. */
  readonly accessTokenLifetimeSeconds: number | null;
}

/** How long sessions and access tokens live under the settings in force. A null member is not known. */
export interface SessionLifetimes {
  /** Null for those of the tenant, which hold where an application has none of its own. */
  readonly applicationId: ApplicationId | null;
  /** How long a session lives unused; null when use does not prolong it. */
  readonly idleLifetimeSeconds: number | null;
  /** How long a session lives at most, however it is used; null when there is no such limit. */
  readonly absoluteLifetimeSeconds: number | null;
  readonly accessTokenLifetimeSeconds: number | null;
}
