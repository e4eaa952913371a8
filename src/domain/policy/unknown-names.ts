import type { ApplicationId, GroupId, TenantId } from '../ids.js';
import type { PolicyFinding } from './findings.js';
import type { Policy } from './policy.js';

/** What FusionAuth has; null for what is not known. */
export interface KnownNames {
  readonly tenantIds: ReadonlySet<TenantId> | null;
  readonly applicationIds: ReadonlySet<ApplicationId>;
  /** The names of roles, over all applications. */
  readonly roles: ReadonlySet<string> | null;
  readonly groupIds: ReadonlySet<GroupId> | null;
}

/** What a policy names and FusionAuth does not have, so that a rule or an exemption misses whom it means. */
export function unknownNames({ rules, exempt }: Policy, known: KnownNames): readonly PolicyFinding[] {
  const missing = <Name>(names: readonly Name[] | null, all: ReadonlySet<Name> | null, what: string, rule: string) =>
    (all === null ? [] : (names ?? []))
      .filter((name) => all?.has(name) === false)
      .map((name) => ({ rule, message: `names the ${what} ${name}, which FusionAuth does not have` }));
  return [
    ...rules.flatMap(({ name, when }) => [
      ...missing(when.applicationIds, known.applicationIds, 'application', name),
      ...missing(when.roles, known.roles, 'role', name),
      ...missing(when.groupIds, known.groupIds, 'group', name),
      ...missing(when.tenantIds, known.tenantIds, 'tenant', name),
    ]),
    ...exempt.flatMap(({ roles, groupIds }) => [
      ...missing(roles, known.roles, 'role', 'exempt'),
      ...missing(groupIds, known.groupIds, 'group', 'exempt'),
    ]),
  ];
}
