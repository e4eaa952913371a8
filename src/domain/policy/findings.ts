import type { Exemption, Policy, PolicyRule } from './policy.js';

/** A likely mistake in a valid policy. */
export interface PolicyFinding {
  /** The name of the rule; null for what is about `exempt`. */
  readonly rule: string | null;
  readonly message: string;
}

/**
 * Rules of a policy that can never matter: an earlier one takes every session that they are about, or whoever is above the
 * limit is exempt.
 */
export function findingsIn({ rules, exempt }: Policy): readonly PolicyFinding[] {
  return rules.flatMap((rule, index) => {
    const message = shadowOf(rule, rules.slice(0, index)) ?? exemptionOf(rule, exempt);
    return message === null ? [] : [{ rule: rule.name, message }];
  });
}

function shadowOf(rule: PolicyRule, before: readonly PolicyRule[]): string | null {
  const earlier = before.find((one) => takesAllOf(one, rule));
  if (earlier === undefined) return null;
  return takesAllOf(rule, earlier)
    ? `is about the same budget as ${earlier.name}, which comes first: it never matters`
    : `can never match: ${earlier.name} comes first and takes all its sessions`;
}

function exemptionOf({ when, allow, overflow }: PolicyRule, exempt: readonly Exemption[]): string | null {
  for (const { applicationId, userIds, roles, groupIds, whenMoreThan } of exempt) {
    const isOverAll = applicationId === null || when.applicationIds?.every((id) => id === applicationId) === true;
    if (!isOverAll) continue;
    if (isWithin(when.userIds, userIds)) return 'never limits anybody: all its users are exempt';
    if (isWithin(when.roles, roles)) return 'never limits anybody: all its roles are exempt';
    if (isWithin(when.groupIds, groupIds)) return 'never limits anybody: all its groups are exempt';
    // A sign-in is refused at the limit already, where others are not yet above it.
    const fewest = overflow === 'denyNew' ? allow : allow + 1;
    if (whenMoreThan !== null && fewest > whenMoreThan) {
      return `never limits anybody: whoever has ${fewest} sessions is exempt, because whenMoreThan is ${whenMoreThan}`;
    }
  }
  return null;
}

function isWithin(narrow: readonly string[] | null, wide: readonly string[]): boolean {
  return narrow?.every((item) => wide.includes(item)) ?? false;
}

/** Whether each session that the later rule is about falls to the earlier one. */
function takesAllOf(earlier: PolicyRule, later: PolicyRule): boolean {
  const { when, deviceTypes } = earlier;
  const narrower = later.when;
  return (
    includesAll(when.applicationIds, narrower.applicationIds) &&
    includesAll(when.roles, narrower.roles) &&
    includesAll(when.groupIds, narrower.groupIds) &&
    includesAll(when.userIds, narrower.userIds) &&
    includesAll(when.tenantIds, narrower.tenantIds) &&
    includesAll(lowerCased(deviceTypes), lowerCased(later.deviceTypes)) &&
    Object.entries(when.userData ?? {}).every(([name, value]) => narrower.userData?.[name] === value)
  );
}

function includesAll(wide: readonly string[] | null, narrow: readonly string[] | null): boolean {
  return wide === null || (narrow?.every((item) => wide.includes(item)) ?? false);
}

function lowerCased(types: readonly string[] | null): readonly string[] | null {
  return types?.map((type) => type.toLowerCase()) ?? null;
}
