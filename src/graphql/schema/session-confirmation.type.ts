import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SessionId } from '../../domain/ids.js';
import type { SessionConfirmation } from '../../domain/session-confirmation.js';
import { namesFor } from './enum-names.js';

const SessionConfirmationStatus = namesFor<SessionConfirmation['status']>()({
  LIVES: 'lives',
  ENDED: 'ended',
  PENDING: 'pending',
  FAILED: 'failed',
});
registerEnumType(SessionConfirmationStatus, {
  name: 'SessionConfirmationStatus',
  description: 'Whether a session lives, to the knowledge of the service.',
  valuesConfig: {
    LIVES: { description: 'FusionAuth had it, and its user was active, ageMilliseconds ago.' },
    ENDED: {
      description:
        'It was revoked, its user is deactivated, or FusionAuth, asked twice, does not have it: it has expired, or is not within the bounds of the caller.',
    },
    PENDING: {
      description: 'FusionAuth will be asked once CONFIRMATIONS_PER_SECOND allows it. Ask again in a second or two.',
    },
    FAILED: {
      description: 'FusionAuth could not be asked about it. This says nothing about the other sessions of the answer.',
    },
  },
});

@ObjectType('SessionConfirmation', {
  simpleResolvers: true,
  description: 'Whether a session lives, to the knowledge of the service.',
})
export class SessionConfirmationType {
  @Field(() => ID, { description: 'The session that was asked about.' })
  sessionId!: SessionId;

  @Field(() => SessionConfirmationStatus, { description: 'Whether the session lives.' })
  status!: SessionConfirmation['status'];

  @Field(() => Int, {
    nullable: true,
    description:
      'How long ago it was last known to live, in milliseconds, rounded up; at most maxAgeSeconds where status is LIVES. Null when it never was, and for ENDED.',
  })
  ageMilliseconds!: number | null;
}

/** The greatest Int of GraphQL. */
const maxInt = 2 ** 31 - 1;

export function toSessionConfirmationType({ sessionId, status, ageMs }: SessionConfirmation): SessionConfirmationType {
  return { sessionId, status, ageMilliseconds: ageMs === null ? null : Math.min(maxInt, Math.ceil(ageMs)) };
}
