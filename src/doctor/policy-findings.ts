import type { TenantId } from '../domain/ids.js';
import { findingsIn } from '../domain/policy/findings.js';
import type { Policy } from '../domain/policy/policy.js';
import { type KnownNames, unknownNames } from '../domain/policy/unknown-names.js';
import type { FusionAuthSetUp } from '../fusionauth/set-up.js';
import { type ParsedPolicy, parsePolicyValue } from '../policy/parse-policy.js';
import { readPolicyFile } from '../policy/policy-file.js';
import { problemText } from '../policy/problem.js';
import { ownApplications } from './application-findings.js';
import type { Subject } from './facts.js';
import { type Found, notChecked, ok, problem, warning } from './found.js';

/** One session policy, and where it is. */
export interface FoundPolicy {
  readonly source: string;
  /** Whose sessions it is about; null for those of any tenant. */
  readonly tenantId: TenantId | null;
  readonly parsed: ParsedPolicy;
}

/** The policies that are configured: in a file, or in FusionAuth. @param setUp Null where FusionAuth was not reached. */
export async function findPolicies(setUp: FusionAuthSetUp | null, subject: Subject): Promise<readonly FoundPolicy[]> {
  const { policyFile } = subject.config;
  if (policyFile !== null) {
    return [{ source: policyFile, tenantId: null, parsed: await readPolicyFile(policyFile) }];
  }
  const { tenants, applications } = setUp ?? {};
  const ofTenants = tenants?.isRead ? tenants.value : [];
  const ofApplications = applications?.isRead ? ownApplications(applications.value, subject) : [];
  return [
    ...ofTenants.map(({ id, sessionPolicy }) => ({
      source: `data.sessionPolicy of the tenant ${id}`,
      tenantId: id,
      value: sessionPolicy,
      applicationId: null,
    })),
    ...ofApplications.map(({ id, tenantId, sessionPolicy }) => ({
      source: `data.sessionPolicy of the application ${id}`,
      tenantId,
      value: sessionPolicy,
      applicationId: id,
    })),
  ].flatMap(({ source, tenantId, value, applicationId }) =>
    value === undefined ? [] : [{ source, tenantId, parsed: parsePolicyValue(value, applicationId) }],
  );
}

/** Whether a policy that is in force refuses sign-ins. */
export function deniesSignIns({ parsed }: FoundPolicy): boolean {
  return parsed.ok && parsed.policy.rules.some(({ overflow, mode }) => overflow === 'denyNew' && mode === 'enforce');
}

export function policyFindings(
  policies: readonly FoundPolicy[],
  setUp: FusionAuthSetUp | null,
  { config }: Subject,
): readonly Found[] {
  if (policies.length === 0) {
    const unread = [setUp?.tenants, setUp?.applications].find((one) => one?.isRead === false);
    if (config.policyFile === null && unread?.isRead === false) {
      return [notChecked(`Whether FusionAuth keeps a session policy is not known, because ${unread.why}.`)];
    }
    return [ok('There is no session policy: sessions are limited only where a service asks for it.')];
  }
  const known = setUp === null ? null : knownNames(setUp);
  return policies.flatMap(({ source, tenantId, parsed }) => {
    if (!parsed.ok) {
      return parsed.problems.map((one) =>
        problem(`${problemText(one, source)}. Until it is mended the policy cannot be used.`, tenantId),
      );
    }
    return ofPolicy(source, tenantId, parsed.policy, known);
  });
}

function ofPolicy(source: string, tenantId: TenantId | null, policy: Policy, known: KnownNames | null) {
  const faults = [...findingsIn(policy), ...(known === null ? [] : unknownNames(policy, known))].map(
    ({ rule, message }) => warning(`${source}: ${rule}: ${message}.`, tenantId),
  );
  const isObserving = policy.mode === 'observe' ? '; it ends nothing under observe' : '';
  const summary = `${source}: ${policy.rules.length} rules, mode ${policy.mode}${isObserving}.`;
  return [...faults, ok(summary, tenantId)];
}

function knownNames({ tenants, applications, groupIds }: FusionAuthSetUp): KnownNames | null {
  if (!applications.isRead) return null;
  return {
    // Those of other tenants are not seen by calls that are bound to one.
    tenantIds: tenants.isRead ? new Set(tenants.value.map(({ id }) => id)) : null,
    applicationIds: new Set(applications.value.map(({ id }) => id)),
    roles: new Set(applications.value.flatMap(({ roles }) => roles)),
    groupIds: groupIds.isRead ? groupIds.value : null,
  };
}
