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
  description: 'What is known of whether a session lives.',
  valuesConfig: {
    LIVES: { description: 'FusionAuth had it, and its user was active, ageMilliseconds ago.' },
    ENDED: {
      description:
        'It was revoked, its user is deactivated, or FusionAuth does not have it, which was asked twice: it has expired, or is not within the bounds of the caller.',
    },
    PENDING: {
      description: 'FusionAuth will be asked once CONFIRMATIONS_PER_SECOND allows it. Ask again in a second or two.',
    },
    FAILED: {
      description: 'FusionAuth could not be asked about it. Other sessions of the same answer are not concerned.',
    },
  },
});

@ObjectType('SessionConfirmation', {
  simpleResolvers: true,
  description: 'Whether a session lives, as far as it is known.',
})
export class SessionConfirmationType {
  @Field(() => ID, { description: 'The session that was asked about.' })
  sessionId!: SessionId;

  @Field(() => SessionConfirmationStatus, { description: 'What is known of it.' })
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
