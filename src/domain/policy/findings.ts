import type { Policy, PolicyRule } from './policy.js';

/** A likely mistake in a valid policy. */
export interface PolicyFinding {
  /** The name of the rule; null for what is about `exempt`. */
  readonly rule: string | null;
  readonly message: string;
}

/** Rules of a policy that can never matter, because an earlier one takes every session that they are about. */
export function findingsIn({ rules }: Policy): readonly PolicyFinding[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).find((one) => takesAllOf(one, rule));
    if (earlier === undefined) return [];
    const isSame = takesAllOf(rule, earlier);
    const message = isSame
      ? `is about the same budget as ${earlier.name}, which comes first: it never matters`
      : `can never match: ${earlier.name} comes first and takes all its sessions`;
    return [{ rule: rule.name, message }];
  });
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
