import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  EnforceSessionLimitResult,
  EnforcementOutcome as OutcomeValue,
} from '../../application/enforcement/enforcement.js';
import type { RevokeSessionsResult } from '../../application/revocation/revocation-report.js';
import type { RevokeSessionResult } from '../../application/revocation/revoke-session.js';
import type { EndedSession } from '../../domain/ended-session.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { EndedSessionType, type ShownCause, toEndedSessionType } from './ended-session.type.js';
import { EnforcementOutcome } from './enforcement.enums.js';
import { RevocationOutcome } from './payload.enums.js';
import { SessionRevocationFailureType, SessionWarningType, UserErrorType } from './problem.types.js';
import { SessionType, toSessionType, type Viewpoint } from './session.type.js';

@ObjectType('EnforceSessionLimitPayload', {
  simpleResolvers: true,
  description: 'What the enforcement of a session limit did.',
})
export class EnforceSessionLimitPayload {
  /** Not in the schema: resolves `user`. */
  userId!: UserId;

  @Field(() => EnforcementOutcome, {
    nullable: true,
    description: 'Null when nothing was attempted; userErrors says why.',
  })
  outcome!: OutcomeValue | null;

  @Field(() => SessionType, {
    nullable: true,
    description: 'The application session that stays. Null when none or more than one does.',
  })
  keptSession!: SessionType | null;

  @Field(() => [SessionType], {
    description:
      'Every session of the user that is live after the call, newest first, including those that the limit is not about. Sessions in failures are not repeated here. Under dryRun: those that would stay.',
  })
  keptSessions!: readonly SessionType[];

  @Field(() => [EndedSessionType], {
    description:
      'Sessions ended by this call, oldest first. Under dryRun: those that would be ended. Simultaneous calls that ask the same about one user share a run: the answer to the first of them has the ended sessions here, and the answers to the others have them in alreadyEndedIds.',
  })
  revokedSessions!: readonly EndedSessionType[];

  @Field(() => Int, { description: 'The number of revokedSessions.' })
  revokedCount!: number;

  @Field(() => [ID], {
    description:
      'Sessions that this call was to end or to keep, and that another call had ended: an earlier one, or the first of the calls that share a run with it.',
  })
  alreadyEndedIds!: readonly SessionId[];

  @Field(() => [SessionRevocationFailureType], {
    description: 'Sessions that should have ended and may still be live. Call again to finish.',
  })
  failures!: readonly SessionRevocationFailureType[];

  @Field(() => [SessionType], {
    description:
      'Under overflow ASK_USER: the sessions to choose from when there are too many, least recently used first. Their details, by which a user knows them, need session:read.',
  })
  candidates!: readonly SessionType[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The latest accessTokensExpireBy over revokedSessions. Null when no application session was ended, and when it is not known for one of them.',
  })
  accessTokensExpireBy!: Instant | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was attempted. Empty otherwise.' })
  userErrors!: readonly UserErrorType[];

  @Field(() => [SessionWarningType], { description: 'Warnings about a call that succeeded.' })
  warnings!: readonly SessionWarningType[];
}

@ObjectType('RevokeSessionPayload', { simpleResolvers: true, description: 'What revoking a session did.' })
export class RevokeSessionPayload {
  @Field(() => RevocationOutcome, {
    nullable: true,
    description: 'Null when the session was not ended; userErrors says why.',
  })
  outcome!: RevokeSessionResult['outcome'];

  @Field(() => SessionType, { nullable: true, description: 'The session as it was. Null when it had ended already.' })
  session!: SessionType | null;

  @Field(() => EndedSessionType, {
    nullable: true,
    description: 'The record of the ended session. Null when this call did not end it.',
  })
  endedSession!: EndedSessionType | null;

  @Field(() => [EndedSessionType], {
    description:
      'Under includeSsoSessions: SSO sessions of the same user that this call also ended, oldest first. Under dryRun: those that would be ended.',
  })
  revokedSsoSessions!: readonly EndedSessionType[];

  @Field(() => [SessionRevocationFailureType], {
    description: 'SSO sessions that should have ended with it and may still be live. Call again with their ids.',
  })
  failures!: readonly SessionRevocationFailureType[];

  @Field(() => [UserErrorType], { description: 'Why the session was not ended. Empty otherwise.' })
  userErrors!: readonly UserErrorType[];

  @Field(() => [SessionWarningType], { description: 'Warnings about a call that succeeded.' })
  warnings!: readonly SessionWarningType[];
}

@ObjectType('RevokeSessionsPayload', { simpleResolvers: true, description: 'What revoking a set of sessions did.' })
export class RevokeSessionsPayload {
  @Field(() => [EndedSessionType], {
    description:
      'Sessions ended by this call, oldest first. Under dryRun: those that would be ended. Simultaneous calls of one caller that ask the same share a run: the answer to the first of them has the ended sessions here, and the answers to the others have them in alreadyEndedIds.',
  })
  revokedSessions!: readonly EndedSessionType[];

  @Field(() => Int, { description: 'The number of revokedSessions.' })
  revokedCount!: number;

  @Field(() => [ID], {
    description:
      'Sessions asked for, or found, that had already ended, or that the first of the calls that share a run with this one has ended.',
  })
  alreadyEndedIds!: readonly SessionId[];

  @Field(() => [SessionRevocationFailureType], {
    description: 'Sessions that should have ended and may still be live. Call again to finish.',
  })
  failures!: readonly SessionRevocationFailureType[];

  @Field(() => Boolean, {
    description: 'True when more sessions match than maxRevocations, or may match than FusionAuth lists. Call again.',
  })
  more!: boolean;

  @Field(() => [UserErrorType], { description: 'Why nothing was attempted. Empty otherwise.' })
  userErrors!: readonly UserErrorType[];

  @Field(() => [SessionWarningType], { description: 'Warnings about a call that succeeded.' })
  warnings!: readonly SessionWarningType[];
}

export function toEnforceSessionLimitPayload(
  result: EnforceSessionLimitResult,
  view: Viewpoint,
  cause: ShownCause,
): EnforceSessionLimitPayload {
  const keptApplicationSessions = result.kept.filter(({ kind }) => kind === 'application');
  const [kept, ...others] = keptApplicationSessions;
  return {
    userId: result.userId,
    outcome: result.outcome,
    keptSession: kept === undefined || others.length > 0 ? null : toSessionType(kept, view),
    keptSessions: result.live.map((session) => toSessionType(session, view)),
    revokedSessions: result.ended.map((ended) => toEndedSessionType(ended, cause)),
    revokedCount: result.ended.length,
    alreadyEndedIds: result.alreadyEndedIds,
    failures: result.failures,
    candidates: result.candidates.map((session) => toSessionType(session, view)),
    accessTokensExpireBy: latestExpiry(result.ended),
    userErrors: result.userErrors,
    warnings: result.warnings,
  };
}

export function toRevokeSessionPayload(
  result: RevokeSessionResult,
  view: Viewpoint,
  cause: ShownCause,
): RevokeSessionPayload {
  return {
    outcome: result.outcome,
    session: result.session === null ? null : toSessionType(result.session, view),
    endedSession: result.ended === null ? null : toEndedSessionType(result.ended, cause),
    revokedSsoSessions: result.endedSso.map((ended) => toEndedSessionType(ended, cause)),
    failures: result.failures,
    userErrors: result.userErrors,
    warnings: result.warnings,
  };
}

export function toRevokeSessionsPayload(result: RevokeSessionsResult, cause: ShownCause): RevokeSessionsPayload {
  const revokedSessions = result.ended.map((ended) => toEndedSessionType(ended, cause));
  return { ...result, revokedSessions, revokedCount: revokedSessions.length };
}

/** The latest expiry; null when one of them is not known, because callers would rely on a date that is too early. */
function latestExpiry(ended: readonly EndedSession[]): Instant | null {
  const instants = ended
    .filter(({ applicationId }) => applicationId !== null)
    .map(({ accessTokensExpireBy }) => accessTokensExpireBy);
  return instants.length === 0 || instants.includes(null) ? null : Math.max(...instants.map(Number));
}
