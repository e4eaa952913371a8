import type { TenantId } from '../domain/ids.js';
import { findingsIn } from '../domain/policy/findings.js';
import type { Policy } from '../domain/policy/policy.js';
import { type KnownNames, kindsNamedBy, type NamedKind, unknownNamesIn } from '../domain/policy/unknown-names.js';
import type { FusionAuthSetUp, Read } from '../fusionauth/set-up.js';
import { type ParsedPolicy, parsePolicyValue } from '../policy/parse-policy.js';
import { readPolicyFile } from '../policy/policy-file.js';
import { problemText } from '../policy/problem.js';
import { ownApplications } from './application-findings.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, notChecked, ok, problem, warning } from './found.js';

/** One session policy, and where it is. */
export interface FoundPolicy {
  readonly source: string;
  /** Whose sessions it is about; null for those of any tenant. */
  readonly tenantId: TenantId | null;
  readonly parsed: ParsedPolicy;
}

/** The policies that are configured: in a file, or in FusionAuth. @param setUp Null where FusionAuth was not reached. */
export async function findPolicies(
  setUp: FusionAuthSetUp | null,
  service: ExaminedService,
): Promise<readonly FoundPolicy[]> {
  const { policyFile } = service.config;
  if (policyFile !== null) {
    return [{ source: policyFile, tenantId: null, parsed: await readPolicyFile(policyFile) }];
  }
  const { tenants, applications } = setUp ?? {};
  const ofTenants = tenants?.isRead ? tenants.value : [];
  const ofApplications = applications?.isRead ? ownApplications(applications.value, service) : [];
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

/** @param readNames Looks up what policies name; null where FusionAuth was not reached. */
export async function policyFindings(
  policies: readonly FoundPolicy[],
  setUp: FusionAuthSetUp | null,
  service: ExaminedService,
  readNames: ReadNames | null,
): Promise<readonly Found[]> {
  const { config } = service;
  const misnamed = config.policyFile === null ? misnamedPolicies(setUp, service) : [];
  return [...misnamed, ...(await ofPolicies(policies, setUp, service, readNames))];
}

/** Nothing else says that a policy under another name limits nobody. */
function misnamedPolicies(setUp: FusionAuthSetUp | null, service: ExaminedService): readonly Found[] {
  const { tenants, applications } = setUp ?? {};
  const ofTenants = tenants?.isRead ? tenants.value : [];
  const ofApplications = applications?.isRead ? ownApplications(applications.value, service) : [];
  return [
    ...ofTenants.map((one) => ({ ...one, whose: `the tenant ${one.id}`, tenantId: one.id })),
    ...ofApplications.map((one) => ({ ...one, whose: `the application ${one.id}` })),
  ].flatMap(({ misnamedPolicies: names, whose, tenantId }) =>
    names.map((name) =>
      warning(`data.${name} of ${whose} is not looked at: if it is a session policy, call it sessionPolicy.`, tenantId),
    ),
  );
}

async function ofPolicies(
  policies: readonly FoundPolicy[],
  setUp: FusionAuthSetUp | null,
  { config }: ExaminedService,
  readNames: ReadNames | null,
): Promise<readonly Found[]> {
  if (policies.length === 0) {
    const unread = [setUp?.tenants, setUp?.applications].find((one) => one?.isRead === false);
    if (config.policyFile === null && unread?.isRead === false) {
      return [notChecked(`Whether FusionAuth keeps a session policy is not known, because ${unread.why}.`)];
    }
    return [ok('There is no session policy: sessions are limited only where a service asks for it.')];
  }
  const kinds = [...new Set(policies.flatMap(({ parsed }) => (parsed.ok ? kindsNamedBy(parsed.policy) : [])))];
  const names = readNames === null || kinds.length === 0 ? null : await readNames(kinds);
  return policies.flatMap(({ source, tenantId, parsed }) => {
    if (!parsed.ok) {
      return parsed.problems.map((one) =>
        problem(`${problemText(one, source)}. Until it is mended the policy cannot be used.`, tenantId),
      );
    }
    return ofPolicy(source, tenantId, parsed.policy, names);
  });
}

type ReadNames = (kinds: readonly NamedKind[]) => Promise<Read<KnownNames>>;

function ofPolicy(source: string, tenantId: TenantId | null, policy: Policy, names: Read<KnownNames> | null) {
  const unknown = names?.isRead ? unknownNamesIn(policy, names.value) : [];
  const faults = [...findingsIn(policy), ...unknown].map(({ rule, message }) =>
    warning(`${source}: ${rule ?? 'exempt'}: ${message}. Mend the policy, or make it in FusionAuth.`, tenantId),
  );
  const unread = kindsNamedBy(policy).filter((kind) => !names?.isRead || names.value[kind] === null);
  const isObserving = policy.mode === 'observe' ? '; it ends nothing under observe' : '';
  const summary = `${source}: ${policy.rules.length} rules, mode ${policy.mode}${isObserving}.`;
  return [...faults, ...unread.map((kind) => unreadNames(source, kind, tenantId)), ok(summary, tenantId)];
}

function unreadNames(source: string, kind: NamedKind, tenantId: TenantId | null): Found {
  const what = `${source}: whether FusionAuth has the ${kind} that it names is not known`;
  return notChecked(`${what}: the key may not read them, or FusionAuth did not answer.`, tenantId);
}
