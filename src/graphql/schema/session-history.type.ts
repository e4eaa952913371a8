import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type {
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { HistoryEntry } from '../../domain/ports/session-history.js';
import type { Actor } from '../../domain/revocation-cause.js';
import type { Instant } from '../../domain/session.js';
import type { Optional } from './arguments.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { InitiatingEntity, SessionEndReason } from './ended-session.enums.js';

export const ActorKind = { SERVICE: 'service', USER: 'user' } as const satisfies { [name: string]: Actor['kind'] };
registerEnumType(ActorKind, {
  name: 'ActorKind',
  description: 'What kind of caller ended a session.',
  valuesConfig: {
    SERVICE: { description: 'A service, known by a service key or by an access token of its own.' },
    USER: { description: 'A person, known by an access token.' },
  },
});

@ObjectType('Actor', { simpleResolvers: true, description: 'On whose behalf a session was ended.' })
export class ActorType implements Actor {
  @Field(() => ActorKind, { description: 'A service or a person.' })
  kind!: Actor['kind'];

  @Field(() => ID, { nullable: true, description: 'The person. Null for a service.' })
  userId!: UserId | null;

  @Field(() => String, { description: 'The name of the service key, or the subject of the access token.' })
  name!: string;
}

@ObjectType('SessionHistoryEntry', {
  simpleResolvers: true,
  description: 'The end of one session, as it was recorded.',
})
export class SessionHistoryEntryType {
  @Field(() => ID, { description: 'Identifies the entry. Opaque; pass it as `after` to read on.' })
  id!: string;

  @Field(() => ID, { description: 'The id the session had.' })
  sessionId!: SessionId;

  @Field(() => ID, { description: 'The user who was signed in.' })
  userId!: UserId;

  @Field(() => ID, { nullable: true, description: 'Null for an SSO session.' })
  applicationId!: ApplicationId | null;

  @Field(() => SessionEndReason, { description: 'Why it was ended, as the caller stated it.' })
  reason!: SessionEndReasonValue;

  @Field(() => InitiatingEntity, { description: 'Who or what initiated it: follows from the reason.' })
  initiatingEntity!: InitiatingEntityValue;

  @Field(() => DateTimeScalar, { description: 'When it was ended.' })
  endedAt!: Instant;

  @Field(() => DateTimeScalar, { description: 'When the service recorded it.' })
  recordedAt!: Instant;

  @Field(() => ID, { nullable: true, description: 'The session that stays in its place. Null when none does.' })
  replacedBySessionId!: SessionId | null;

  @Field(() => ActorType, {
    nullable: true,
    description:
      'Who ended it through this service. Null when FusionAuth reported it and nobody did through this service.',
  })
  actor!: Actor | null;

  @Field(() => String, { nullable: true, description: 'What the caller noted. Null when nothing.' })
  comment!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The id of the request that ended it, as in logs and audit records. Null where actor is.',
  })
  requestId!: string | null;
}

@ObjectType('SessionHistory', { simpleResolvers: true, description: 'A page of the history, the newest entry first.' })
export class SessionHistoryType {
  @Field(() => [SessionHistoryEntryType], { description: 'The entries of this page.' })
  entries!: readonly SessionHistoryEntryType[];

  @Field(() => Boolean, { description: 'Whether older entries follow: pass the id of the last one as `after`.' })
  hasMore!: boolean;

  @Field(() => DateTimeScalar, {
    description:
      'Endings recorded before this instant are not kept, or may be missing: with a database for HISTORY_RETENTION_DAYS, without one by the process, for a day.',
  })
  keptSince!: Instant;
}

@InputType('SessionHistoryFilter', {
  description: 'What an entry of the history has to match. Members left out match any.',
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

  @Field(() => SessionEndReason, { nullable: true, description: 'Ended for this reason. Default: for any.' })
  reason?: Optional<SessionEndReasonValue>;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Recorded at this instant or later. Default: ever.' })
  since?: Optional<Instant>;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Recorded before this instant. Default: until now.' })
  until?: Optional<Instant>;
}

export function toHistoryEntryType({ id, recordedAt, ended, cause }: HistoryEntry): SessionHistoryEntryType {
  const { id: sessionId, accessTokensExpireBy: _, ...facts } = ended;
  const { actor = null, comment = null, requestId = null } = cause ?? {};
  return { ...facts, id, sessionId, recordedAt, actor, comment, requestId };
}
