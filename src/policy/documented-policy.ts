import { hash } from 'node:crypto';
import type { SsoSessionRule } from '../domain/enforcement-plan.js';
import { type ApplicationId, parseApplicationId, parseGroupId, parseTenantId, parseUserId } from '../domain/ids.js';
import type { Exemption, Policy, PolicyOverflow, PolicyRule } from '../domain/policy/policy.js';
import type { PolicyDocument, RuleDocument } from './language.js';

const overflows = {
  'end-oldest': 'endOldest',
  'end-least-recently-used': 'endLeastRecentlyUsed',
  'deny-new': 'denyNew',
} satisfies Record<RuleDocument['overflow'], PolicyOverflow>;

const ssoRules = {
  'keep-newest': 'keepNewest',
  'end-all': 'revokeAll',
  'keep-all': 'keepAll',
} satisfies Record<NonNullable<RuleDocument['sso']>, SsoSessionRule>;

/**
 * Makes the policy of a document.
 * @param applicationId The application whose document it is, to which the policy is then limited. Null for any.
 */
export function policyOf(document: PolicyDocument, applicationId: ApplicationId | null): Policy {
  const { mode, rules, exempt, maxRevocationsPerMinute } = document;
  return {
    version: versionOf([document, applicationId]),
    mode,
    rules: rules.map((rule) => ruleOf(rule, mode, applicationId)),
    exempt: exempt === undefined ? [] : [exemptionOf(exempt, applicationId)],
    maxRevocationsPerMinute,
  };
}

/**
 * Joins policies. Those of applications come first, so that the policy of their tenant does not overrule them.
 * @param policies At least one.
 * @param untold Applications whose own policy could not be read, so that none of their sessions ends; null for the
 * tenant, so that no session ends at all.
 */
export function composed(policies: readonly Policy[], untold: readonly (ApplicationId | null)[] = []): Policy {
  const [only, ...others] = policies;
  if (only !== undefined && others.length === 0 && untold.length === 0) return only;
  return {
    version: versionOf([...policies.map(({ version }) => version), ...untold]),
    mode: policies.some(({ mode }) => mode === 'enforce') ? 'enforce' : 'observe',
    rules: policies.flatMap(({ rules }) => rules),
    exempt: [...policies.flatMap(({ exempt }) => exempt), ...untold.map(everyoneOf)],
    maxRevocationsPerMinute: Math.min(...policies.map((one) => one.maxRevocationsPerMinute)),
  };
}

function ruleOf(rule: RuleDocument, mode: Policy['mode'], applicationId: ApplicationId | null): PolicyRule {
  const { when = {}, counts, overflow } = rule;
  const isNarrow = when.applications !== undefined || counts !== undefined || applicationId !== null;
  const byDefault = isNarrow ? null : overflow === 'deny-new' ? 'keepAll' : 'keepNewest';
  const named = <Id>(ids: readonly string[] | undefined, parse: (value: unknown) => Id | undefined) =>
    ids?.map(parse).filter((id) => id !== undefined) ?? null;
  return {
    // Rules of the same name in two documents are two rules.
    name: applicationId === null ? rule.name : `${rule.name}@${applicationId}`,
    mode: mode === 'enforce' && rule.mode !== 'observe' ? 'enforce' : 'observe',
    when: {
      applicationIds: applicationId === null ? named(when.applications, parseApplicationId) : [applicationId],
      roles: when.roles ?? null,
      groupIds: named(when.groups, parseGroupId),
      userIds: named(when.users, parseUserId),
      tenantIds: named(when.tenants, parseTenantId),
      userData: when.userData ?? null,
    },
    deviceTypes: counts?.deviceTypes ?? null,
    allow: rule.allow,
    per: rule.per,
    overflow: overflows[overflow],
    sso: rule.sso === undefined ? byDefault : ssoRules[rule.sso],
  };
}

function exemptionOf(exempt: NonNullable<PolicyDocument['exempt']>, applicationId: ApplicationId | null): Exemption {
  return {
    applicationId,
    userIds: exempt.users?.map(parseUserId).filter((id) => id !== undefined) ?? [],
    roles: exempt.roles ?? [],
    groupIds: exempt.groups?.map(parseGroupId).filter((id) => id !== undefined) ?? [],
    whenMoreThan: exempt.whenMoreThan ?? null,
  };
}

/** Exempts everybody who has a session. */
function everyoneOf(applicationId: ApplicationId | null): Exemption {
  return { applicationId, userIds: [], roles: [], groupIds: [], whenMoreThan: 0 };
}

/** A hash of the meaning: comments and the order of members do not change it. */
function versionOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value, sorted)).slice(0, 12);
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
