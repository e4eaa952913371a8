import { Field, ID, InputType, Int } from 'type-graphql';
import type { EnforceSessionLimitCommand } from '../../application/enforcement/enforcement.js';
import { isReportOnly } from '../../application/enforcement/enforcement.js';
import type { SessionEndReason as SessionEndReasonValue } from '../../domain/ended-session.js';
import type { SessionLimit, SsoSessionRule as SsoSessionRuleValue } from '../../domain/enforcement-plan.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseApplicationId, parseSessionId, parseUserId } from '../../domain/ids.js';
import type { OverflowBehavior as OverflowValue } from '../../domain/overflow.js';
import { checkDeviceTypes, parseComment, parseId, parseIds, parseOptionalId } from './arguments.js';
import { SessionEndReason } from './ended-session.enums.js';
import { commentDescription } from './ending-arguments.js';
import { LimitScope, NewerSessionRule, OverflowBehavior, SsoSessionRule } from './enforcement.enums.js';

@InputType('EnforceSessionLimitInput', { description: 'A session limit, and the rule for sessions above it.' })
export class EnforceSessionLimitInput {
  @Field(() => ID, { description: 'Whose sessions: a UUID. An unknown user answers NO_SESSIONS.' })
  userId!: string;

  @Field(() => Int, { description: 'How many sessions may stay, 1 to 999. Zero is refused: use revokeSessions.' })
  maxSessions!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'Only sessions of this application count and end. Default: those of all applications.',
  })
  applicationId?: string | null;

  @Field(() => LimitScope, {
    defaultValue: LimitScope.USER,
    description: 'Whether maxSessions is one budget over all applications or one for each.',
  })
  scope!: SessionLimit['scope'];

  @Field(() => [String], {
    nullable: true,
    description:
      'Only sessions on devices of these types count and end, 1 to 100, without regard to case. Default: all. Together with dryRun it needs session:read, too.',
  })
  deviceTypes?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Sessions to keep, such as the one just created, at most 100. If one of them is not a live session of this user, nothing is revoked. If a session that is preferred to one of them exists, onNewerSession decides.',
  })
  keepSessionIds?: string[] | null;

  @Field(() => OverflowBehavior, {
    defaultValue: OverflowBehavior.END_OLDEST,
    description: 'What happens when there are more than maxSessions.',
  })
  overflow!: OverflowValue;

  @Field(() => NewerSessionRule, {
    defaultValue: NewerSessionRule.KEEP_NEWEST,
    description: 'Whether keepSessionIds stay even if other sessions are preferred: newer ones, or ones used later.',
  })
  onNewerSession!: EnforceSessionLimitCommand['onNewerSession'];

  @Field(() => SsoSessionRule, {
    nullable: true,
    description:
      'The rule for SSO sessions. Default: KEEP_NEWEST, or KEEP_ALL when applicationId or deviceTypes narrow the call. DENY_NEW and ASK_USER accept KEEP_ALL only, since they revoke nothing.',
  })
  ssoSessions?: SsoSessionRuleValue | null;

  @Field(() => SessionEndReason, {
    defaultValue: SessionEndReason.SESSION_LIMIT_EXCEEDED,
    description: 'Why the sessions end.',
  })
  reason!: SessionEndReasonValue;

  @Field(() => String, {
    nullable: true,
    description: commentDescription,
  })
  comment?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'True to report what the call would do, and do nothing.' })
  dryRun!: boolean;
}

/** FusionAuth lists 1,000 sessions, so a limit as high as that could never see surplus ones. */
const maxMaxSessions = 999;

/** @throws InvalidInputError naming the member at fault. */
export function toEnforceSessionLimitCommand(input: EnforceSessionLimitInput): EnforceSessionLimitCommand {
  const { maxSessions, overflow } = input;
  if (maxSessions < 1 || maxSessions > maxMaxSessions) {
    const hint = maxSessions === 0 ? ' To end all sessions, use revokeSessions.' : '';
    throw new InvalidInputError(['input', 'maxSessions'], `maxSessions must be from 1 to ${maxMaxSessions}.${hint}`);
  }
  const ssoSessions = input.ssoSessions ?? defaultSsoRule(input);
  if (isReportOnly(overflow) && ssoSessions !== 'keepAll') {
    throw new InvalidInputError(
      ['input', 'ssoSessions'],
      'ssoSessions must be KEEP_ALL or left out with an overflow that revokes nothing.',
    );
  }
  if (input.deviceTypes?.length === 0) {
    throw new InvalidInputError(
      ['input', 'deviceTypes'],
      'input.deviceTypes is empty, so nothing would be limited. Name a type, or leave it out for all of them.',
    );
  }
  const applicationId = parseOptionalId(input.applicationId, parseApplicationId, ['input', 'applicationId']);
  return {
    userId: parseId(input.userId, parseUserId, ['input', 'userId']),
    limit: {
      maxSessions,
      scope: input.scope,
      applicationIds: applicationId === null ? null : [applicationId],
      deviceTypes: checkDeviceTypes(input.deviceTypes, ['input', 'deviceTypes']),
      ssoSessions,
    },
    overflow,
    keepSessionIds: parseIds(input.keepSessionIds ?? [], parseSessionId, ['input', 'keepSessionIds']),
    keepArgument: ['input', 'keepSessionIds'],
    onNewerSession: input.onNewerSession,
    reason: input.reason,
    comment: parseComment(input.comment, ['input', 'comment']),
    dryRun: input.dryRun,
    allowEndings: null,
  };
}

function defaultSsoRule({ applicationId, deviceTypes, overflow }: EnforceSessionLimitInput): SsoSessionRuleValue {
  const isNarrowed = applicationId != null || deviceTypes != null;
  return isNarrowed || isReportOnly(overflow) ? 'keepAll' : 'keepNewest';
}
