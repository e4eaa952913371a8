import type { SsoSessionRule } from '../enforcement-plan.js';
import type { ApplicationId, GroupId, TenantId, UserId } from '../ids.js';
import type { OverflowBehavior } from '../overflow.js';

/**
 * The configured limits for the sessions of users, as rules in order. Each session falls to the first rule that matches
 * its user and is about it, so that every session counts in one budget at most.
 */
export interface Policy {
  /** Changes when, and only when, the policy does: 12 hex digits of a hash. */
  readonly version: string;
  /** Under `observe` nothing ends, whatever the rules say: they publish what they would have ended. */
  readonly mode: PolicyMode;
  readonly rules: readonly PolicyRule[];
  readonly exempt: readonly Exemption[];
  /** How many sessions it may end within a minute, over all users and replicas. Further sessions wait. */
  readonly maxRevocationsPerMinute: number;
}

export type PolicyMode = 'observe' | 'enforce';

/** The fate of sessions above a budget. Under `denyNew` none ends: the sign-in is refused. */
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
  /** The fate of the SSO sessions of users whom the rule matches; null when the rule is not about them. */
  readonly sso: SsoSessionRule | null;
}

/** The users and sessions that a rule is for. All members that are not null must hold; one item of a list suffices. */
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

/** Users whose sessions never end and count in no budget. One member that holds exempts the user. */
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
