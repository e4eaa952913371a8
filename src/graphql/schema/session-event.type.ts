import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type {
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type {
  RecordedRevocation,
  SessionEvent,
  SessionEventType as SessionEventTypeValue,
} from '../../domain/session-event.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { InitiatingEntity, SessionEndReason } from './ended-session.enums.js';
import { RevocationType } from './revocation.type.js';

export const SessionEventType = {
  SESSION_STARTED: 'SESSION_STARTED',
  SESSION_REFRESHED: 'SESSION_REFRESHED',
  SESSION_REVOKED: 'SESSION_REVOKED',
  SESSION_LIMIT_EXCEEDED: 'SESSION_LIMIT_EXCEEDED',
} as const satisfies { [Name in SessionEventTypeValue]: Name };
registerEnumType(SessionEventType, {
  name: 'SessionEventType',
  description: 'What has happened to a session.',
  valuesConfig: {
    SESSION_STARTED: {
      description:
        'A user has signed in. FusionAuth reports it before the session exists, so sessionId is null, and there may never be a session.',
    },
    SESSION_REFRESHED: { description: 'A refresh token was exchanged for an access token.' },
    SESSION_REVOKED: { description: 'One session was revoked, or all of a user or of an application.' },
    SESSION_LIMIT_EXCEEDED: {
      description: 'A user was found to have more sessions than allowed, under a rule that ends none of them.',
    },
  },
});

@ObjectType('SessionEvent', {
  simpleResolvers: true,
  description: 'A thing that has happened to sessions.',
})
export class SessionEventObject implements Omit<SessionEvent, 'tenantId'> {
  @Field(() => ID, {
    description:
      'The same each time it is delivered. Opaque: it shows neither order nor number. Replicas that share a database have the same ids; any other process has others.',
  })
  id!: string;

  @Field(() => SessionEventType, { description: 'What has happened.' })
  type!: SessionEventTypeValue;

  @Field(() => ID, { nullable: true, description: 'Whose session. Null when those of every user were revoked.' })
  userId!: UserId | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The application. Null for an SSO session, when it is about every application, and when none is known.',
  })
  applicationId!: ApplicationId | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The session. Null when it is about more than one, or when FusionAuth does not say which.',
  })
  sessionId!: SessionId | null;

  @Field(() => SessionEndReason, {
    nullable: true,
    description:
      'Why a session was revoked; OTHER when somebody did it at FusionAuth, which does not say why. Null for events of other types.',
  })
  reason!: SessionEndReasonValue | null;

  @Field(() => InitiatingEntity, {
    nullable: true,
    description: 'Who or what initiated a revocation: follows from the reason. Null for events of other types.',
  })
  initiatingEntity!: InitiatingEntityValue | null;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt!: Instant;

  @Field(() => RevocationType, {
    nullable: true,
    description:
      'The access tokens to refuse from now on. Null when none depends on the session: for SSO sessions, and for events of other types.',
  })
  revocation!: RecordedRevocation | null;
}
