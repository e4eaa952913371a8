import { Field, ID, ObjectType } from 'type-graphql';
import type {
  SessionWarningCode as SessionWarningCodeValue,
  UserErrorCode as UserErrorCodeValue,
} from '../../application/operation/results.js';
import type { SessionId } from '../../domain/ids.js';
import { SessionWarningCode, UserErrorCode } from './payload.enums.js';

@ObjectType('UserError', {
  simpleResolvers: true,
  description: 'A reason why the service did not do what the caller asked.',
})
export class UserErrorType {
  @Field(() => UserErrorCode, { description: 'The code to branch on.' })
  code!: UserErrorCodeValue;

  @Field(() => String, { description: 'What happened and what would be right, for a person.' })
  message!: string;

  @Field(() => [String], { nullable: true, description: 'Path to the argument at fault. Null when no argument is.' })
  field!: readonly string[] | null;
}

@ObjectType('SessionWarning', {
  simpleResolvers: true,
  description: 'A warning about an operation that succeeded.',
})
export class SessionWarningType {
  @Field(() => SessionWarningCode, { description: 'The code to branch on.' })
  code!: SessionWarningCodeValue;

  @Field(() => String, { description: 'The reason, in words for a person.' })
  message!: string;
}

@ObjectType('SessionRevocationFailure', {
  simpleResolvers: true,
  description: 'A session that should have ended and may still be live.',
})
export class SessionRevocationFailureType {
  @Field(() => ID, { description: 'The session.' })
  sessionId!: SessionId;

  @Field(() => UserErrorCode, { description: 'The reason, to branch on.' })
  code!: UserErrorCodeValue;

  @Field(() => String, { description: 'The reason, in words for a person.' })
  message!: string;

  @Field(() => Boolean, { description: 'True when the same call may succeed later.' })
  retryable!: boolean;
}
