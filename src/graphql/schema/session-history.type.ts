import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import {
  type InitiatingEntity as InitiatingEntityValue,
  initiatingEntityOf,
  type SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { PolicyRuleReference } from '../../domain/policy/policy.js';
import type { HistoryEntry, HistoryOutcome as HistoryOutcomeValue } from '../../domain/ports/session-history.js';
import type { Actor } from '../../domain/revocation-cause.js';
import type { Instant, SessionDevice } from '../../domain/session.js';
import { ActorType } from './actor.type.js';
import type { Optional } from './arguments.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { InitiatingEntity, SessionEndReason } from './ended-session.enums.js';
import { PolicyRuleType } from './policy-rule.type.js';
import { SessionDeviceType, type Viewpoint } from './session.type.js';

const SessionHistoryOutcome = {
  REVOKED: 'revoked',
  ALREADY_ENDED: 'alreadyEnded',
  FAILED: 'failed',
} as const satisfies { [name: string]: HistoryOutcomeValue };
registerEnumType(SessionHistoryOutcome, {
  name: 'SessionHistoryOutcome',
  description: 'The outcome of the revocation of a session.',
  valuesConfig: {
    REVOKED: { description: 'The session was live and has been ended.' },
    ALREADY_ENDED: { description: 'The session had ended before the call reached it, and no end was on record.' },
    FAILED: {
      description:
        'FusionAuth refused, or did not answer: the session may live. If it has ended all the same, a later entry says so.',
    },
  },
});

@ObjectType('SessionHistoryEntry', {
  simpleResolvers: true,
  description: 'The end of one session as it was recorded, or a revocation that failed.',
})
class SessionHistoryEntryType {
  @Field(() => ID, { description: 'Identifies the entry. Opaque; pass it as `after` to read on.' })
  id!: string;

  @Field(() => ID, { description: 'The id the session had.' })
  sessionId!: SessionId;

  @Field(() => ID, { description: 'The user who was signed in.' })
  userId!: UserId;

  @Field(() => ID, { nullable: true, description: 'Null for an SSO session.' })
  applicationId!: ApplicationId | null;

  @Field(() => SessionDeviceType, {
    nullable: true,
    description:
      'The device of the session. Texts are cut after 255 characters. Null when it is not known, and without session:read.',
  })
  device!: SessionDevice | null;

  @Field(() => SessionHistoryOutcome, { description: 'The outcome.' })
  outcome!: HistoryOutcomeValue;

  @Field(() => SessionEndReason, { description: 'Why it was ended, as the caller stated it.' })
  reason!: SessionEndReasonValue;

  @Field(() => InitiatingEntity, { description: 'The initiator, which follows from the reason.' })
  initiatingEntity!: InitiatingEntityValue;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was ended. Null under outcome FAILED.' })
  endedAt!: Instant | null;

  @Field(() => DateTimeScalar, { description: 'When the service recorded it.' })
  recordedAt!: Instant;

  @Field(() => ID, {
    nullable: true,
    description: 'The session that stays in its place. Null when none does, and under outcome FAILED.',
  })
  replacedBySessionId!: SessionId | null;

  @Field(() => ActorType, {
    nullable: true,
    description: 'The caller that ended it through this service. Null when nobody did, and FusionAuth reported it.',
  })
  actor!: Actor | null;

  @Field(() => String, { nullable: true, description: 'The comment of the caller. Null when there is none.' })
  comment!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The id of the request that ended it, as in logs and audit records. Filter by it to find all sessions that the request ended. Null where actor is null.',
  })
  requestId!: string | null;

  @Field(() => PolicyRuleType, {
    nullable: true,
    description: 'The rule of the session policy that ended it. Null when none did.',
  })
  policyRule!: PolicyRuleReference | null;
}

@ObjectType('SessionHistory', { simpleResolvers: true, description: 'A page of the history, the newest entry first.' })
export class SessionHistoryType {
  @Field(() => [SessionHistoryEntryType], { description: 'The entries of this page.' })
  entries!: readonly SessionHistoryEntryType[];

  @Field(() => Boolean, { description: 'Whether older entries follow: pass the id of the last one as `after`.' })
  hasMore!: boolean;

  @Field(() => DateTimeScalar, {
    description:
      'Entries recorded before this instant are not kept, or may be missing: with a database for HISTORY_RETENTION_DAYS, without one by the process, for a day.',
  })
  keptSince!: Instant;
}

@InputType('SessionHistoryFilter', {
  description: 'The conditions that an entry of the history has to match. Members left out match any entry.',
})
export class SessionHistoryFilter {
  @Field(() => ID, { nullable: true, description: 'Sessions of this user. Default: of anyone.' })
  userId?: Optional<string>;

  @Field(() => ID, { nullable: true, description: 'This session. Default: any.' })
  sessionId?: Optional<string>;

  @Field(() => ID, { nullable: true, description: 'Sessions of this application. Default: of any, and SSO sessions.' })
  applicationId?: Optional<string>;

  @Field(() => String, { nullable: true, description: 'Ended by the caller of this name. Default: by anyone.' })
  actorName?: Optional<string>;

  @Field(() => ID, { nullable: true, description: 'Ended by this person: a UUID. Default: by anyone.' })
  actorUserId?: Optional<string>;

  @Field(() => String, { nullable: true, description: 'Ended by this request. Default: by any.' })
  requestId?: Optional<string>;

  @Field(() => SessionHistoryOutcome, { nullable: true, description: 'With this outcome. Default: with any.' })
  outcome?: Optional<HistoryOutcomeValue>;

  @Field(() => SessionEndReason, { nullable: true, description: 'Ended for this reason. Default: for any.' })
  reason?: Optional<SessionEndReasonValue>;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Recorded at this instant or later. Default: ever.' })
  since?: Optional<Instant>;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Recorded before this instant. Default: until now.' })
  until?: Optional<Instant>;
}

/** Written out, because V8 spreads an object many times slower, and a page has hundreds of them. */
export function toHistoryEntryType(
  entry: HistoryEntry,
  { showsDetails }: Pick<Viewpoint, 'showsDetails'>,
): SessionHistoryEntryType {
  const { id, sessionId, userId, applicationId, outcome, reason, endedAt, recordedAt, replacedBySessionId } = entry;
  const { cause, device, policyRule = null } = entry;
  return {
    id,
    sessionId,
    userId,
    applicationId,
    outcome,
    reason,
    endedAt,
    recordedAt,
    replacedBySessionId,
    initiatingEntity: initiatingEntityOf(reason),
    actor: cause?.actor ?? null,
    comment: cause?.comment ?? null,
    requestId: cause?.requestId ?? null,
    device: device !== undefined && showsDetails(userId) ? device : null,
    policyRule,
  };
}
