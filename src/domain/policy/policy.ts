import type { SsoSessionRule } from '../enforcement-plan.js';
import type { ApplicationId, GroupId, TenantId, UserId } from '../ids.js';
import type { OverflowBehavior } from '../overflow.js';

/**
 * The limits that hold for the sessions of users, as configured: rules in order. Of the rules that match a user, each
 * session falls to the first that is about it, so that rules part the sessions of a user into budgets.
 */
export interface Policy {
  /** Changes when, and only when, the policy does: 12 hex digits of a hash. */
  readonly version: string;
  /** Under `observe` nothing ends, whatever the rules say: they publish what they would have ended. */
  readonly mode: PolicyMode;
  readonly rules: readonly PolicyRule[];
  readonly exempt: readonly Exemption[];
  /** How many sessions it may end within a minute, over all users and replicas. What is above waits. */
  readonly maxRevocationsPerMinute: number;
}

export type PolicyMode = 'observe' | 'enforce';

/** What happens to sessions above a budget. Under `denyNew` none ends: the sign-in is refused. */
export type PolicyOverflow = (typeof policyOverflows)[number];

/** In the order in which they are carried out. */
export const policyOverflows = [
  'endOldest',
  'endLeastRecentlyUsed',
  'denyNew',
] as const satisfies readonly OverflowBehavior[];

/** One budget, and the users and sessions it is for. */
export interface PolicyRule {
  /** Unique within the policy. */
  readonly name: string;
  /** `enforce` only where the policy enforces, too. */
  readonly mode: PolicyMode;
  readonly when: PolicyCondition;
  /** When set, only sessions on devices of these types count; case does not matter. */
  readonly deviceTypes: readonly string[] | null;
  /** How many sessions may stay, 1 to 999. */
  readonly allow: number;
  /** Whether `allow` is one budget over the applications it is about, or one for each. */
  readonly per: 'user' | 'application';
  readonly overflow: PolicyOverflow;
  /** What becomes of SSO sessions of users it matches; null when the rule is not about them. */
  readonly sso: SsoSessionRule | null;
}

/** Who and what a rule is for: all members that are not null must hold, and of each list one item suffices. */
export interface PolicyCondition {
  /** The applications of the sessions. */
  readonly applicationIds: readonly ApplicationId[] | null;
  /** Names of roles that the user has in the application of the session. */
  readonly roles: readonly string[] | null;
  readonly groupIds: readonly GroupId[] | null;
  readonly userIds: readonly UserId[] | null;
  readonly tenantIds: readonly TenantId[] | null;
  /** Members of the user's data in FusionAuth. A list there matches by any of its items. */
  readonly userData: Readonly<Record<string, UserDataValue>> | null;
}

export type UserDataValue = string | number | boolean;

/** Users of whom no session ends, so that it counts for nothing either. One member that holds suffices. */
export interface Exemption {
  /** Only sessions of this application are exempt; null for all of the user's. */
  readonly applicationId: ApplicationId | null;
  readonly userIds: readonly UserId[];
  /** Names of roles that the user has in any application. */
  readonly roles: readonly string[];
  readonly groupIds: readonly GroupId[];
  /** Users with more live sessions than this; null for none. */
  readonly whenMoreThan: number | null;
}

/** A rule of a policy, for the record. */
export interface PolicyRuleReference {
  readonly name: string;
  /** The version of its policy. */
  readonly version: string;
}
