import type { Limit, SessionLimit } from '../enforcement-plan.js';
import type { ApplicationId, GroupId, TenantId, UserId } from '../ids.js';
import type { Exemption, Policy, PolicyCondition, PolicyRule, UserDataValue } from './policy.js';
import type { Subject } from './subject.js';

/** The user for whom limits are selected. */
export interface PolicyUser {
  readonly userId: UserId;
  /** Null when it is not known. */
  readonly tenantId: TenantId | null;
  /** Null when no rule needs it: see {@link needsSubject}. */
  readonly subject: Subject | null;
}

/** A limit with the rule it comes from; null for one that only spares. */
export interface SelectedLimit {
  readonly rule: PolicyRule | null;
  readonly limit: SessionLimit;
}

/**
 * The limits that a policy sets for one user, in order. Planned together, each session competes under the first limit
 * that is about it. Pure: the result depends on the user and the policy and never on the sessions, so that all
 * enforcements of one user decide alike, whichever sessions they see.
 *
 * - A rule that does not match the user is left out. A rule that names roles is about the applications in which the
 *   user has one of them.
 * - A session that no rule is about stays, and so does every session of an exempt user.
 * - A session without a device type, or of the type UNKNOWN, is in no budget of device types.
 * - SSO sessions follow the first rule that is about them and matches the user.
 */
export function selectLimits(policy: Policy, user: PolicyUser): readonly SelectedLimit[] {
  const spared = policy.exempt.flatMap((exemption) => sparedBy(exemption, user));
  if (spared.some(({ applicationIds, onlyAbove }) => applicationIds === null && onlyAbove === undefined)) return [];
  let isSsoTaken = false;
  const selected: SelectedLimit[] = spared.map((limit) => ({ rule: null, limit }));
  for (const rule of policy.rules) {
    if (unmetConditionOf(rule.when, user) !== null) continue;
    const applicationIds = applicationsOf(rule.when, user);
    const takesSso = !isSsoTaken && rule.sso !== null && isSubject(applicationIds, user);
    if (takesSso) isSsoTaken = true;
    selected.push({ rule, limit: limitOf(rule, applicationIds, takesSso) });
  }
  return selected;
}

/**
 * The same limits, of which only those chosen by `ends` end sessions. The others still keep their sessions from the
 * limits after them.
 */
export function onlyEnding(selected: readonly SelectedLimit[], ends: (rule: PolicyRule) => boolean): Limit {
  return selected.map(({ rule, limit }) =>
    rule !== null && ends(rule)
      ? limit
      : { ...limit, maxSessions: null, ssoSessions: limit.ssoSessions === null ? null : ('keepAll' as const) },
  );
}

/** Whether what a policy says about a user depends on facts that only FusionAuth knows. */
export function needsSubject(policy: Policy, { userId, tenantId }: Omit<PolicyUser, 'subject'>): boolean {
  const isExempt = policy.exempt.some((one) => one.applicationId === null && one.userIds.includes(userId));
  if (isExempt) return false;
  return (
    policy.exempt.some(({ roles, groupIds }) => roles.length > 0 || groupIds.length > 0) ||
    policy.rules.some(({ when, sso }) => {
      if (when.userIds !== null && !when.userIds.includes(userId)) return false;
      if (when.tenantIds !== null && tenantId !== null && !when.tenantIds.includes(tenantId)) return false;
      const isNarrow = when.applicationIds !== null && sso !== null;
      const asksTenant = when.tenantIds !== null && tenantId === null;
      return isNarrow || asksTenant || when.roles !== null || when.groupIds !== null || when.userData !== null;
    })
  );
}

function limitOf(rule: PolicyRule, applicationIds: readonly ApplicationId[] | null, takesSso: boolean): SessionLimit {
  return {
    maxSessions: rule.allow,
    scope: rule.per === 'application' ? 'perApplication' : 'user',
    applicationIds,
    deviceTypes: rule.deviceTypes,
    ssoSessions: takesSso ? rule.sso : null,
  };
}

/** The applications a rule is about for this user; null for any. */
function applicationsOf({ applicationIds, roles }: PolicyCondition, user: PolicyUser): readonly ApplicationId[] | null {
  if (roles === null) return applicationIds;
  const held = registrationsOf(user).filter((one) => one.roles.some((role) => roles.includes(role)));
  return held.map((one) => one.applicationId).filter((id) => applicationIds === null || applicationIds.includes(id));
}

/** The conditions that a user can fail to meet. Applications are about sessions: a user meets them with none there. */
export type UserCondition = Exclude<keyof PolicyCondition, 'applicationIds'>;

/** The first condition that the user does not meet; null for a user whom the rule matches. */
export function unmetConditionOf(when: PolicyCondition, user: PolicyUser): UserCondition | null {
  const { userIds, tenantIds, groupIds, userData } = when;
  const tenantId = user.tenantId ?? user.subject?.tenantId ?? null;
  if (userIds?.includes(user.userId) === false) return 'userIds';
  if (tenantIds !== null && (tenantId === null || !tenantIds.includes(tenantId))) return 'tenantIds';
  if (groupIds !== null && !isInAnyGroup(user, groupIds)) return 'groupIds';
  if (applicationsOf(when, user)?.length === 0) return 'roles';
  const data = Object.entries(userData ?? {});
  return data.every(([name, value]) => hasDatum(user, name, value)) ? null : 'userData';
}

/**
 * Whether a rule about these applications is about the SSO sessions of a user: the user must be registered in one of
 * them.
 */
function isSubject(applicationIds: readonly ApplicationId[] | null, user: PolicyUser): boolean {
  return (
    applicationIds === null || registrationsOf(user).some(({ applicationId }) => applicationIds.includes(applicationId))
  );
}

function sparedBy(exemption: Exemption, user: PolicyUser): readonly SessionLimit[] {
  const { applicationId, userIds, roles, groupIds, whenMoreThan } = exemption;
  const isExempt =
    userIds.includes(user.userId) ||
    isInAnyGroup(user, groupIds) ||
    registrationsOf(user).some((one) => one.roles.some((role) => roles.includes(role)));
  const spares: SessionLimit = {
    maxSessions: null,
    scope: 'user',
    applicationIds: applicationId === null ? null : [applicationId],
    deviceTypes: null,
    ssoSessions: applicationId === null ? 'keepAll' : null,
  };
  if (isExempt) return [spares];
  return whenMoreThan === null ? [] : [{ ...spares, onlyAbove: whenMoreThan }];
}

function registrationsOf({ subject }: PolicyUser): Subject['registrations'] {
  return subject?.registrations ?? [];
}

function isInAnyGroup({ subject }: PolicyUser, groupIds: readonly GroupId[]): boolean {
  return subject?.groupIds.some((id) => groupIds.includes(id)) ?? false;
}

function hasDatum({ subject }: PolicyUser, name: string, value: UserDataValue): boolean {
  if (subject === null || !Object.hasOwn(subject.data, name)) return false;
  const held = subject.data[name];
  return Array.isArray(held) ? held.includes(value) : held === value;
}
