import { Arg, Ctx, Extensions, ID, Mutation, Resolver } from 'type-graphql';
import { blamingBinding } from '../../application/operation/named-tenant.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { EnforcePolicy } from '../../application/policy/enforce-policy.js';
import { ForbiddenError } from '../../domain/errors.js';
import { parseSessionId, parseUserId } from '../../domain/ids.js';
import { type Optional, parseId, parseOptionalId } from './arguments.js';
import { ownCause } from './ended-session.type.js';
import { EnforcePolicyPayload, toEnforcePolicyPayload } from './policy.types.js';
import { assumedRevocations, callsToKeep, idOf, type Price } from './price.js';

/** The price of reading the user, and of enforcing twice: for each kind of overflow that ends sessions. */
const priceOfPolicy: Price = (calls, { userId, sessionId }) => {
  calls.mutation(1 + 2 * (1 + callsToKeep(sessionId == null ? 0 : 1)) + assumedRevocations);
  return [idOf(userId)];
};

@Resolver()
export class PolicyEnforcementResolver {
  constructor(private readonly useCase: EnforcePolicy) {}

  @Extensions({ price: priceOfPolicy })
  @Mutation(() => EnforcePolicyPayload, {
    description: `Enforces the session policy in force for the user: each rule that matches leaves as many sessions as it allows. Without a policy it answers COMPLETE and does nothing.

For services that want a limit to hold before they answer a login; the policy's own triggers do the same a moment later. Safe to call again, and any number of times at once. Needs session:enforce, and is refused to callers bound to applications: a policy is about all sessions of a user.`,
  })
  async enforcePolicy(
    @Arg('userId', () => ID, { description: 'Whose sessions: a UUID. An unknown user answers COMPLETE.' })
    userId: string,
    @Arg('sessionId', () => ID, {
      nullable: true,
      description:
        'The session the caller has just created (refreshTokenId, refresh_token_id or the `sid` claim). While it is not a live session of this user, nothing ends: SESSION_NOT_SEEN.',
    })
    sessionId: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<EnforcePolicyPayload> {
    scope.access.sessions('session:enforce');
    if (scope.caller.applicationIds !== null) throw boundToApplications();
    const command = {
      tenantId: scope.tenantId,
      userId: parseId(userId, parseUserId, ['userId']),
      sessionId: parseOptionalId(sessionId, parseSessionId, ['sessionId']),
      trigger: 'call',
    };
    const report = await blamingBinding(scope, this.useCase.execute(command, scope));
    return toEnforcePolicyPayload(report, ownCause(scope.caller, null));
  }
}

function boundToApplications(): ForbiddenError {
  return new ForbiddenError(
    'A session policy is about all sessions of a user, and this caller is bound to applications. Use enforceSessionLimit.',
  );
}
