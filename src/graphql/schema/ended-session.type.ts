import { Field, ID, ObjectType } from 'type-graphql';
import type {
  EndedSession,
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { InitiatingEntity, SessionEndReason } from './ended-session.enums.js';

@ObjectType('EndedSession', { simpleResolvers: true, description: 'A session that was ended, and what is left of it.' })
export class EndedSessionType implements Omit<EndedSession, 'id'> {
  @Field(() => ID, {
    description:
      'Identifies what is left of the session, stable and unlike any id of a session or a user. Opaque: sessionId is the id to compare.',
  })
  id!: string;

  @Field(() => ID, { description: 'The id the session had, and the `sid` claim of its access tokens.' })
  sessionId!: SessionId;

  @Field(() => ID, { description: 'The user who was signed in.' })
  userId!: UserId;

  @Field(() => ID, { nullable: true, description: 'Null for an SSO session.' })
  applicationId!: ApplicationId | null;

  @Field(() => DateTimeScalar, { description: 'When it was ended. Under dryRun: now.' })
  endedAt!: Instant;

  @Field(() => SessionEndReason, { description: 'Why it was ended, as the caller stated it.' })
  reason!: SessionEndReasonValue;

  @Field(() => InitiatingEntity, { description: 'Who or what initiated the revocation: follows from the reason.' })
  initiatingEntity!: InitiatingEntityValue;

  @Field(() => ID, { nullable: true, description: 'The session that stays in its place. Null when none does.' })
  replacedBySessionId!: SessionId | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The last instant at which an access token of this session can be accepted by a server that only checks signatures. Null for an SSO session, and when it is not known: the settings could not be read, or the application is not active.',
  })
  accessTokensExpireBy!: Instant | null;
}

/** A client's cache holds one record for each id, so a session and what is left of it must not share an id. */
export function toEndedSessionType({ id: sessionId, ...ended }: EndedSession): EndedSessionType {
  return { ...ended, id: `ended:${sessionId}`, sessionId };
}
