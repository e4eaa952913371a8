import type { ApplicationId, GroupId, TenantId, UserId } from '../ids.js';

/** The facts about a user that policy rules ask about, as FusionAuth has them at this moment. */
export interface Subject {
  readonly id: UserId;
  /** Null when FusionAuth does not say. */
  readonly tenantId: TenantId | null;
  readonly registrations: readonly SubjectRegistration[];
  readonly groupIds: readonly GroupId[];
  /** The data that applications keep with the user in FusionAuth. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SubjectRegistration {
  readonly applicationId: ApplicationId;
  /** Names of roles, without those that the user has through a group. */
  readonly roles: readonly string[];
}
