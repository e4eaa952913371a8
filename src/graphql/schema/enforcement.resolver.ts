import { Arg, Ctx, Extensions, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { EnforceSessionLimit } from '../../application/enforcement/enforce-session-limit.js';
import type { EnforceSessionLimitCommand } from '../../application/enforcement/enforcement.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { User } from '../../domain/directory.js';
import type { SessionEndReason as SessionEndReasonValue } from '../../domain/ended-session.js';
import type { SessionLimit, SsoSessionRule as SsoSessionRuleValue } from '../../domain/enforcement-plan.js';
import { parseApplicationId, parseSessionId, parseUserId } from '../../domain/ids.js';
import { type Optional, parseComment, parseId, parseOptionalId } from './arguments.js';
import { UserType } from './directory.types.js';
import { SessionEndReason } from './ended-session.enums.js';
import { ownCause } from './ended-session.type.js';
import { CommentArg, DryRunArg } from './ending-arguments.js';
import { LimitScope, NewerSessionRule, SsoSessionRule } from './enforcement.enums.js';
import { EnforceSessionLimitInput, toEnforceSessionLimitCommand } from './enforcement.inputs.js';
import { EnforceSessionLimitPayload, toEnforceSessionLimitPayload } from './payload.types.js';
import { assumedRevocations, callsToKeep, idOf, idsOf, membersOf, type Price, usersOfOwners } from './price.js';
import { viewpointOf } from './session.type.js';

const priceOfSingle: Price = (calls, { userId, keepSessionId, dryRun }) => {
  calls.mutation(1 + callsToKeep(keepSessionId == null ? 0 : 1) + (dryRun === true ? 0 : assumedRevocations));
  return [idOf(userId)];
};

const priceOfLimit: Price = (calls, args) => {
  const { userId, keepSessionIds, dryRun } = membersOf(args['input']);
  calls.mutation(1 + callsToKeep(idsOf(keepSessionIds).length) + (dryRun === true ? 0 : assumedRevocations));
  return [idOf(userId)];
};

@Resolver(() => EnforceSessionLimitPayload)
export class EnforcementResolver {
  constructor(private readonly useCase: EnforceSessionLimit) {}

  @Extensions({ price: priceOfSingle })
  @Mutation(() => EnforceSessionLimitPayload, {
    description: `Leaves the user with one live session in the scope: the newest. Call it after each login.

Safe under any interleaving of concurrent calls without a lock: whichever of them comes last, the newest session stays and was never revoked by any.
A call that could end only some sessions answers PARTIAL and names the others; calling again finishes. Needs session:enforce.`,
  })
  async enforceSingleSession(
    @Arg('userId', () => ID, { description: 'Whose sessions: a UUID. An unknown user answers NO_SESSIONS.' })
    userId: string,
    @Arg('keepSessionId', () => ID, {
      nullable: true,
      description:
        'The session the caller has just created (refreshTokenId, refresh_token_id or the `sid` claim). If it is not a live session of this user, nothing is revoked. If a newer session exists, onNewerSession decides.',
    })
    keepSessionId: Optional<string>,
    @Arg('applicationId', () => ID, {
      nullable: true,
      description: 'Only sessions of this application count and end. Default: those of all applications.',
    })
    applicationId: Optional<string>,
    @Arg('scope', () => LimitScope, {
      defaultValue: LimitScope.USER,
      description: 'Whether one session stays in all or one in each application.',
    })
    limitScope: SessionLimit['scope'],
    @Arg('onNewerSession', () => NewerSessionRule, {
      defaultValue: NewerSessionRule.KEEP_NEWEST,
      description: 'What happens when a session newer than keepSessionId exists.',
    })
    onNewerSession: EnforceSessionLimitCommand['onNewerSession'],
    @Arg('ssoSessions', () => SsoSessionRule, {
      nullable: true,
      description: 'The rule for SSO sessions. Default: KEEP_NEWEST, or KEEP_ALL when applicationId narrows the call.',
    })
    ssoSessions: Optional<SsoSessionRuleValue>,
    @Arg('reason', () => SessionEndReason, {
      defaultValue: SessionEndReason.SINGLE_SESSION_POLICY,
      description: 'Why the sessions end.',
    })
    reason: SessionEndReasonValue,
    @CommentArg comment: Optional<string>,
    @DryRunArg dryRun: boolean,
    @Ctx() scope: OperationScope,
  ): Promise<EnforceSessionLimitPayload> {
    const onlyApplicationId = parseOptionalId(applicationId, parseApplicationId, ['applicationId']);
    const keep = parseOptionalId(keepSessionId, parseSessionId, ['keepSessionId']);
    const note = parseComment(comment, ['comment']);
    const result = await this.useCase.execute(scope, {
      userId: parseId(userId, parseUserId, ['userId']),
      keepSessionIds: keep === null ? [] : [keep],
      keepArgument: ['keepSessionId'],
      overflow: 'endOldest',
      onNewerSession,
      limit: {
        maxSessions: 1,
        scope: limitScope,
        applicationIds: onlyApplicationId === null ? null : [onlyApplicationId],
        deviceTypes: null,
        ssoSessions: ssoSessions ?? (onlyApplicationId === null ? 'keepNewest' : 'keepAll'),
      },
      reason,
      comment: note,
      dryRun,
      allowEndings: null,
    });
    return toEnforceSessionLimitPayload(result, viewpointOf(scope), ownCause(scope.caller, note));
  }

  @Extensions({ price: priceOfLimit })
  @Mutation(() => EnforceSessionLimitPayload, {
    description: `The general form of enforceSingleSession: at most maxSessions live sessions in a scope, with the overflow rule named.

END_OLDEST is safe under any interleaving of concurrent calls without a lock. END_LEAST_RECENTLY_USED and KEEP_REQUESTED let calls for one user take turns. Needs session:enforce.`,
  })
  async enforceSessionLimit(
    @Arg('input', () => EnforceSessionLimitInput, { description: 'The limit and what to do when it is exceeded.' })
    input: EnforceSessionLimitInput,
    @Ctx() scope: OperationScope,
  ): Promise<EnforceSessionLimitPayload> {
    const command = toEnforceSessionLimitCommand(input);
    const result = await this.useCase.execute(scope, command);
    return toEnforceSessionLimitPayload(result, viewpointOf(scope), ownCause(scope.caller, command.comment));
  }

  @Extensions({ price: usersOfOwners })
  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The user. Null when the user does not exist. Needs session:read.',
  })
  user(@Root() payload: EnforceSessionLimitPayload, @Ctx() { reads }: OperationScope): Promise<User | null> {
    return reads.user(payload.userId);
  }
}
