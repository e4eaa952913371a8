import type { UserId } from '../../domain/ids.js';
import { explainPolicy, type PolicyExplanation } from '../../domain/policy/explanation.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { PolicyInForce } from '../../domain/ports/policy-in-force.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { policyForUser } from './policy-for-user.js';

/** The policy in force and what it means for one user at this moment. */
interface ExplainedPolicy {
  readonly policy: Policy;
  /** Null when no user was named, or the user does not exist. */
  readonly explanation: PolicyExplanation | null;
}

/** Explains which limits hold for a user, by which rules, and which sessions would end. Changes nothing. */
export class ExplainPolicy {
  constructor(private readonly policies: PolicyInForce) {}

  /**
   * @returns null when no policy is in force.
   * @throws ForbiddenError when the caller may not see it; an UpstreamError when FusionAuth cannot be asked.
   */
  async execute(
    { access, reads, tenantId }: Pick<OperationScope, 'access' | 'reads' | 'tenantId'>,
    userId: UserId | null,
  ): Promise<ExplainedPolicy | null> {
    const directory = access.directory('policy:read');
    if (userId === null) {
      const policy = await this.policies.current(tenantId);
      return policy && { policy, explanation: null };
    }
    const found = await policyForUser(this.policies, { userId, tenantId }, directory);
    if (found === null) return null;
    const { policy, subject } = found;
    if (subject === null) return { policy, explanation: null };
    const { sessions } = await reads.sessionsOf(userId);
    const user = { userId, tenantId: found.tenantId, subject: subject ?? null };
    return { policy, explanation: explainPolicy(policy, user, sessions) };
  }
}

/** The rules that match the user, in order. */
export function matchingRules({ explanation }: ExplainedPolicy) {
  return explanation?.rules.filter(({ matches }) => matches) ?? [];
}
