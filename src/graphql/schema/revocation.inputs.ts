import { Field, ID, InputType, Int } from 'type-graphql';
import { maxUsersWithSsoSessions } from '../../application/revocation/remaining-sso-sessions.js';
import type { RevocationTarget, RevokeSessionsCommand } from '../../application/revocation/revocation-calls.js';
import type { SessionEndReason as SessionEndReasonValue } from '../../domain/ended-session.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseSessionId, parseUserId } from '../../domain/ids.js';
import type { SessionFilter } from '../../domain/session-query.js';
import { parseComment, parseId, parseIds } from './arguments.js';
import { SessionEndReason } from './ended-session.enums.js';
import { commentDescription } from './ending-arguments.js';
import { SessionFilterInput, toSessionFilter } from './session.inputs.js';

@InputType('RevokeSessionsInput', { description: 'Which sessions to end, and why.' })
export class RevokeSessionsInput {
  @Field(() => [ID], {
    nullable: true,
    description:
      'These sessions, at most 500, of any users. An empty list ends nothing. Give either sessionIds or userId.',
  })
  sessionIds?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'The live sessions of this user. Give either sessionIds or userId.' })
  userId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'With userId: sessions to spare, at most 100. If one of them is not a live session of this user, nothing is revoked.',
  })
  exceptSessionIds?: string[] | null;

  @Field(() => SessionFilterInput, {
    nullable: true,
    description:
      'With userId: only sessions that match. The state ACTIVE, which is the default, stands for all that FusionAuth lists: its clock decides which are live. EXPIRED alone stands for those whose lifetime is over by the settings. Under dryRun, deviceTypes, ipAddress, text and lastAccessedAt need session:read, too.',
  })
  filter?: SessionFilterInput | null;

  @Field(() => SessionEndReason, { description: 'Why the sessions end.' })
  reason!: SessionEndReasonValue;

  @Field(() => String, {
    nullable: true,
    description: commentDescription,
  })
  comment?: string | null;

  @Field(() => Int, {
    defaultValue: 100,
    description: 'The most sessions that this call ends, 1 to 500, oldest first.',
  })
  maxRevocations!: number;

  @Field(() => Boolean, { defaultValue: false, description: 'True to report what the call would do, and do nothing.' })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Also end the SSO sessions of the same users, also those that filter excludes, except for exceptSessionIds. With sessionIds: at most 50 of them; where all have ended already, their users are not known, and SSO_SESSIONS_REMAIN warns that there may be some. If the SSO sessions cannot be listed, nothing is ended.',
  })
  includeSsoSessions!: boolean;
}

const maxRevocationsLimit = 500;

/** @throws InvalidInputError naming the member at fault. */
export function toRevokeSessionsCommand(input: RevokeSessionsInput): RevokeSessionsCommand {
  const { maxRevocations } = input;
  if (maxRevocations < 1 || maxRevocations > maxRevocationsLimit) {
    throw new InvalidInputError(
      ['input', 'maxRevocations'],
      `maxRevocations must be from 1 to ${maxRevocationsLimit}.`,
    );
  }
  return {
    target: toTarget(input),
    reason: input.reason,
    comment: parseComment(input.comment, ['input', 'comment']),
    maxRevocations,
    includeSsoSessions: input.includeSsoSessions,
    dryRun: input.dryRun,
  };
}

function toTarget({
  sessionIds,
  userId,
  exceptSessionIds,
  filter,
  includeSsoSessions,
}: RevokeSessionsInput): RevocationTarget {
  if ((sessionIds == null) === (userId == null)) {
    throw new InvalidInputError(['input'], 'Give either sessionIds or userId.');
  }
  if (userId != null) {
    return {
      kind: 'user',
      userId: parseId(userId, parseUserId, ['input', 'userId']),
      filter: allListed(withoutEmptySpans(toSessionFilter(filter, ['input', 'filter']))),
      exceptIds: parseIds(exceptSessionIds ?? [], parseSessionId, ['input', 'exceptSessionIds']),
    };
  }
  if (exceptSessionIds != null || filter != null) {
    const argument = filter != null ? 'filter' : 'exceptSessionIds';
    throw new InvalidInputError(['input', argument], `${argument} goes with userId, not with sessionIds.`);
  }
  const maxLength = includeSsoSessions ? maxUsersWithSsoSessions : maxRevocationsLimit;
  const ids = parseIds(sessionIds ?? [], parseSessionId, ['input', 'sessionIds'], maxLength);
  return { kind: 'sessions', ids };
}

/**
 * In response to an incident, a span whose ends were swapped would read as if there were no sessions to end.
 * @throws InvalidInputError naming the span that nothing is in.
 */
function withoutEmptySpans(filter: SessionFilter): SessionFilter {
  for (const name of ['createdAt', 'lastAccessedAt'] as const) {
    const { after = null, before = null } = filter[name] ?? {};
    if (after === null || before === null || after < before) continue;
    const argument = ['input', 'filter', name];
    throw new InvalidInputError(
      argument,
      `${argument.join('.')} does not end after its beginning, so no session would match: before must be later than after.`,
    );
  }
  return filter;
}

/**
 * Widens the state ACTIVE to all sessions that FusionAuth lists. They count as live, whatever lifetime we compute, so a
 * caller that ends the active sessions means these, too.
 */
function allListed(filter: SessionFilter): SessionFilter {
  return filter.states.includes('active') ? { ...filter, states: ['active', 'expired'] } : filter;
}
