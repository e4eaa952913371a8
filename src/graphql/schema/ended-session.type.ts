import { Field, ID, ObjectType } from 'type-graphql';
import { mayReadAudit } from '../../application/authorization/access.js';
import type { Caller } from '../../domain/caller.js';
import type {
  EndedSession,
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { PolicyRuleReference } from '../../domain/policy/policy.js';
import { type Actor, actorOf } from '../../domain/revocation-cause.js';
import type { Instant } from '../../domain/session.js';
import { ActorType } from './actor.type.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { InitiatingEntity, SessionEndReason } from './ended-session.enums.js';
import { PolicyRuleType } from './policy-rule.type.js';

@ObjectType('EndedSession', { simpleResolvers: true, description: 'The record of a session that was ended.' })
export class EndedSessionType implements Omit<EndedSession, 'id' | 'policyRule'> {
  @Field(() => ID, {
    description:
      'The id of the record: stable, opaque, and never the id of a session or a user. Compare sessionId to find a session.',
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

  @Field(() => InitiatingEntity, { description: 'The initiator of the revocation, which follows from the reason.' })
  initiatingEntity!: InitiatingEntityValue;

  @Field(() => ID, { nullable: true, description: 'The session that stays in its place. Null when none does.' })
  replacedBySessionId!: SessionId | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The last instant at which an access token of this session can be accepted by a server that only checks signatures. Null for an SSO session, and when it is not known: the settings could not be read, or the application is not active.',
  })
  accessTokensExpireBy!: Instant | null;

  @Field(() => ActorType, {
    nullable: true,
    description:
      'On whose behalf it was ended through this service. Null when somebody else ended it at FusionAuth, and without audit:read.',
  })
  actor!: Actor | null;

  @Field(() => String, {
    nullable: true,
    description: 'The comment of the caller. Null when there is none, and without audit:read.',
  })
  comment!: string | null;

  @Field(() => PolicyRuleType, {
    nullable: true,
    description: 'The rule of the session policy that ended it. Null when none did.',
  })
  policyRule!: PolicyRuleReference | null;
}

/** The actor and the comment of an ending, as far as the caller may see them. */
export type ShownCause = Pick<EndedSessionType, 'actor' | 'comment'>;

export const nothingShown: ShownCause = { actor: null, comment: null };

/** The cause of endings by the caller itself. @param comment As it was given. */
export function ownCause(caller: Caller, comment: string | null): ShownCause {
  return mayReadAudit(caller) ? { actor: actorOf(caller), comment } : nothingShown;
}

/** Maps an ending. Its id differs from the id of the session, because a client's cache holds one record for each id. */
export function toEndedSessionType(ended: EndedSession, { actor, comment }: ShownCause): EndedSessionType {
  // Written out because V8 takes 5 µs to spread the rest of an object, and 0.1 µs for this.
  return {
    id: `ended:${ended.id}`,
    sessionId: ended.id,
    userId: ended.userId,
    applicationId: ended.applicationId,
    endedAt: ended.endedAt,
    reason: ended.reason,
    initiatingEntity: ended.initiatingEntity,
    replacedBySessionId: ended.replacedBySessionId,
    accessTokensExpireBy: ended.accessTokensExpireBy,
    actor,
    comment,
    policyRule: ended.policyRule ?? null,
  };
}
