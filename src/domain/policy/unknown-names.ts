import type { ApplicationId, GroupId, TenantId } from '../ids.js';
import type { PolicyFinding } from './findings.js';
import type { Policy, PolicyRule } from './policy.js';

/** The kinds of records that a policy names. */
export type NamedKind = 'applications' | 'groups' | 'tenants';

/** The records of FusionAuth of the kinds that policies name. */
export interface KnownNames {
  /** The names of the roles of each application, deactivated ones included. Null: they could not be looked up. */
  readonly applications: ReadonlyMap<ApplicationId, readonly string[]> | null;
  /** Null: they could not be looked up. */
  readonly groups: ReadonlySet<GroupId> | null;
  /** Those that the service can act in. Null: they could not be looked up. */
  readonly tenants: ReadonlySet<TenantId> | null;
}

/** The kinds that have to be known to say which names of a policy are unknown. */
export function kindsNamedBy({ rules, exempt }: Policy): readonly NamedKind[] {
  const names = {
    applications:
      rules.some(({ when }) => when.applicationIds !== null || when.roles !== null) ||
      exempt.some(({ roles }) => roles.length > 0),
    groups: rules.some(({ when }) => when.groupIds !== null) || exempt.some(({ groupIds }) => groupIds.length > 0),
    tenants: rules.some(({ when }) => when.tenantIds !== null),
  } satisfies Record<NamedKind, boolean>;
  return (['applications', 'groups', 'tenants'] as const).filter((kind) => names[kind]);
}

/**
 * The applications, roles, groups and tenants that a policy names and FusionAuth does not have: a rule limits nobody by
 * them, and an exemption spares nobody. Kinds that could not be looked up yield no findings. Users are not looked up,
 * because they come and go while a policy stays.
 */
export function unknownNamesIn({ rules, exempt }: Policy, known: KnownNames): readonly PolicyFinding[] {
  return [
    ...rules.flatMap((rule) => unknownIn(rule, known)),
    ...exempt.flatMap(({ roles, groupIds }) => [
      ...unknownRoles(roles, null, known).map((role) => finding(null, `the role ${role}, which no application has`)),
      ...unknownGroups(groupIds, known).map((id) => finding(null, `the group ${id}, which FusionAuth does not have`)),
    ]),
  ];
}

function unknownIn({ name, when }: PolicyRule, known: KnownNames): readonly PolicyFinding[] {
  const { applicationIds, roles, groupIds, tenantIds } = when;
  const { applications, tenants } = known;
  const whose = applicationIds === null ? 'no application has' : 'none of its applications has';
  return [
    ...(applicationIds ?? [])
      .filter((id) => applications !== null && !applications.has(id))
      .map((id) => finding(name, `the application ${id}, which FusionAuth does not have`)),
    ...unknownRoles(roles ?? [], applicationIds, known).map((role) =>
      finding(name, `the role ${role}, which ${whose}`),
    ),
    ...unknownGroups(groupIds ?? [], known).map((id) =>
      finding(name, `the group ${id}, which FusionAuth does not have`),
    ),
    ...(tenantIds ?? [])
      .filter((id) => tenants !== null && !tenants.has(id))
      .map((id) => finding(name, `the tenant ${id}, which is none of those that this service acts in`)),
  ];
}

/** @param among The applications of which one must have it; null for any. */
function unknownRoles(
  roles: readonly string[],
  among: readonly ApplicationId[] | null,
  { applications }: KnownNames,
): readonly string[] {
  if (applications === null) return [];
  const names = new Set((among ?? [...applications.keys()]).flatMap((id) => applications.get(id) ?? []));
  return roles.filter((role) => !names.has(role));
}

function unknownGroups(ids: readonly GroupId[], { groups }: KnownNames): readonly GroupId[] {
  return groups === null ? [] : ids.filter((id) => !groups.has(id));
}

function finding(rule: string | null, what: string): PolicyFinding {
  return { rule, message: `names ${what}` };
}
