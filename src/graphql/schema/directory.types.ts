import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Application, User } from '../../domain/directory.js';
import type { ApplicationId, UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { NodeType } from './node.type.js';

@ObjectType('User', {
  simpleResolvers: true,
  implements: NodeType,
  description: 'A FusionAuth user, as far as managing sessions needs it.',
})
export class UserType implements User, NodeType {
  @Field(() => ID, { description: "FusionAuth's user id: the `sub` claim of the user's access tokens." })
  id!: UserId;

  @Field(() => String, { nullable: true, description: 'Null when the user has none.' })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'Null when the user has none.' })
  username!: string | null;

  @Field(() => String, { nullable: true, description: 'The full name, or first and last name. Null when not given.' })
  displayName!: string | null;

  @Field(() => Boolean, { description: 'False once the user has been deactivated.' })
  active!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null when the user has never signed in.' })
  lastLoginAt!: Instant | null;
}

@ObjectType('Application', { simpleResolvers: true, description: 'An application users sign in to.' })
export class ApplicationType implements Omit<Application, 'tenantId'> {
  @Field(() => ID, { description: "FusionAuth's application id, also the OAuth client id." })
  id!: ApplicationId;

  @Field(() => String, {
    nullable: true,
    description: 'Its display name. Null when it has none, or it could not be read.',
  })
  name!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "How long, in seconds, a revoked session's last access token can still be accepted. Null when it is not known.",
  })
  accessTokenLifetimeSeconds!: number | null;
}
