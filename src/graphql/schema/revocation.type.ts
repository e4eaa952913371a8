import { Field, ID, ObjectType } from 'type-graphql';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type { RecordedRevocation } from '../../domain/session-event.js';
import { DateTimeScalar } from './date-time.scalar.js';

@ObjectType('Revocation', {
  simpleResolvers: true,
  description:
    'Access tokens that resource servers must refuse: those that match each of sessionId, userId and applicationId that is not null, and were issued at or before issuedBefore. At least one of the three is not null.',
})
export class RevocationType implements RecordedRevocation {
  @Field(() => ID, {
    description:
      'Pass it as `after` to read on. Opaque: it shows neither order nor number. Replicas that share a database have the same ids; any other process has others.',
  })
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The `sid` of the access tokens. They are refused whenever they were issued, because a session that has ended never lives again. Null when more than one session was revoked at once.',
  })
  sessionId!: SessionId | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The `sub` of the access tokens. Null when the sessions of every user were revoked.',
  })
  userId!: UserId | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The `aud` or `applicationId` of the access tokens. Null when the revocation holds for every application.',
  })
  applicationId!: ApplicationId | null;

  @Field(() => DateTimeScalar, {
    description:
      'Compare it with `iat` in whole seconds, rounded down: an access token of the same second counts as issued before.',
  })
  issuedBefore!: Instant;

  @Field(() => DateTimeScalar, {
    description:
      'When the last access token that the revocation covers has expired. Add the tolerance you have for clocks.',
  })
  expiresAt!: Instant;
}
