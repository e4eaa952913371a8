import type { ApplicationId, GroupId, TenantId, UserId } from '../ids.js';

/** A user as far as rules of a policy ask about one, as FusionAuth describes them at this moment. */
export interface Subject {
  readonly id: UserId;
  /** Null when FusionAuth does not say. */
  readonly tenantId: TenantId | null;
  readonly registrations: readonly SubjectRegistration[];
  readonly groupIds: readonly GroupId[];
  /** What applications have kept with the user in FusionAuth. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SubjectRegistration {
  readonly applicationId: ApplicationId;
  /** Names of roles. Those that a group gives are not among them. */
  readonly roles: readonly string[];
}
