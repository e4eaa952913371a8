import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { EventView } from '../../application/authorization/session-details.js';
import type {
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { PolicyRuleReference } from '../../domain/policy/policy.js';
import type { Instant, SessionDevice } from '../../domain/session.js';
import type {
  RecordedRevocation,
  SessionEvent,
  SessionEventType as SessionEventTypeValue,
} from '../../domain/session-event.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { InitiatingEntity, SessionEndReason } from './ended-session.enums.js';
import { PolicyRuleType } from './policy-rule.type.js';
import { RevocationType } from './revocation.type.js';
import { SessionDeviceType } from './session.type.js';

export const SessionEventType = {
  SESSION_STARTED: 'SESSION_STARTED',
  SESSION_REFRESHED: 'SESSION_REFRESHED',
  SESSION_REVOKED: 'SESSION_REVOKED',
  SESSION_LIMIT_EXCEEDED: 'SESSION_LIMIT_EXCEEDED',
} as const satisfies { [Name in SessionEventTypeValue]: Name };
registerEnumType(SessionEventType, {
  name: 'SessionEventType',
  description: 'The type of an event of sessions.',
  valuesConfig: {
    SESSION_STARTED: {
      description:
        'A user has signed in. FusionAuth reports it before the session exists, so sessionId is null, and there may never be a session.',
    },
    SESSION_REFRESHED: { description: 'A refresh token was exchanged for an access token.' },
    SESSION_REVOKED: { description: 'One session was revoked, or all of a user or of an application.' },
    SESSION_LIMIT_EXCEEDED: {
      description:
        'A user was found to have more sessions than allowed, under a rule that ends none of them: it denies new ones, asks, or observes.',
    },
  },
});

@ObjectType('SessionEvent', {
  simpleResolvers: true,
  description: 'An event of sessions.',
})
export class SessionEventObject implements Omit<SessionEvent, 'tenantId' | 'policy' | 'device'> {
  @Field(() => ID, {
    description:
      'The same each time it is delivered. Opaque: it shows neither order nor number. Replicas that share a database have the same ids; any other process has others.',
  })
  id!: string;

  @Field(() => SessionEventType, { description: 'The type of the event.' })
  type!: SessionEventTypeValue;

  @Field(() => ID, { nullable: true, description: 'The user. Null when the sessions of every user were revoked.' })
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
    description: 'The initiator of a revocation, which follows from the reason. Null for events of other types.',
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

  @Field(() => SessionDeviceType, {
    nullable: true,
    description:
      'The device of a session that was revoked; of a sign-in, its type alone. Texts are cut after 255 characters. Null when it is not known, and without session:read for the user.',
  })
  device!: SessionDevice | null;

  @Field(() => PolicyRuleType, {
    nullable: true,
    description: 'The rule of the session policy that caused it. Null when none did.',
  })
  policyRule!: PolicyRuleReference | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'For SESSION_LIMIT_EXCEEDED by a rule of a session policy that only observes or denies new sessions: the sessions above its budget, oldest first and at most 100. Null for other events.',
  })
  surplusSessionIds!: readonly SessionId[] | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many sessions are above its budget. Null where surplusSessionIds is null.',
  })
  surplusCount!: number | null;
}

export function toSessionEventObject(
  event: SessionEvent,
  { showsDetails }: Pick<EventView, 'showsDetails'>,
): SessionEventObject {
  const { policy, device, userId } = event;
  const isObservation = policy !== undefined && event.type === 'SESSION_LIMIT_EXCEEDED';
  return {
    ...event,
    device: device !== undefined && userId !== null && showsDetails(userId) ? device : null,
    policyRule: policy?.rule ?? null,
    surplusSessionIds: isObservation ? policy.surplusSessionIds : null,
    surplusCount: isObservation ? policy.surplusCount : null,
  };
}
