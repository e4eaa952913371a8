import type { TenantId, UserId } from '../../domain/ids.js';
import type { Policy } from '../../domain/policy/policy.js';
import { needsSubject } from '../../domain/policy/selection.js';
import type { Subject } from '../../domain/policy/subject.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { PolicyInForce } from '../../domain/ports/policy-in-force.js';

/** The policy in force for one user, with the facts that its rules ask about the user. */
interface PolicyForUser {
  readonly policy: Policy;
  /** Null when it is not known and no policy depends on it. */
  readonly tenantId: TenantId | null;
  /** Null when there is no such user; undefined when no rule asks about the user. */
  readonly subject: Subject | null | undefined;
}

/**
 * Reads the policy in force for a user. Where tenants have policies of their own and the tenant of the user is not
 * given, it asks FusionAuth for the tenant, because any other policy may lack the exemptions of the right one.
 * @returns null when none is in force.
 * @throws an UpstreamError when FusionAuth cannot be asked.
 */
export async function policyForUser(
  policies: PolicyInForce,
  { userId, tenantId: named }: { readonly userId: UserId; readonly tenantId: TenantId | null },
  directory: Pick<Directory, 'findSubject'>,
): Promise<PolicyForUser | null> {
  const isOpen = named === null && (await policies.variesByTenant?.()) === true;
  const asked = isOpen ? await directory.findSubject(userId) : undefined;
  const tenantId = named ?? asked?.tenantId ?? null;
  const policy = await policies.current(tenantId);
  if (policy === null) return null;
  const isKnown = asked !== undefined || !needsSubject(policy, { userId, tenantId });
  return { policy, tenantId, subject: isKnown ? asked : await directory.findSubject(userId) };
}
