import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Application, Registration, SignIn, Tenant, User } from '../../domain/directory.js';
import type { ApplicationId, TenantId, UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { NodeType } from './node.type.js';

@ObjectType('User', {
  simpleResolvers: true,
  implements: NodeType,
  description: 'A FusionAuth user, with the facts needed to manage sessions.',
})
export class UserType implements User, NodeType {
  @Field(() => ID, { description: "FusionAuth's user id: the `sub` claim of the user's access tokens." })
  id!: UserId;

  @Field(() => String, { nullable: true, description: 'Null when the user has none.' })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'Null when the user has none.' })
  username!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The phone number with which the user signs in, since FusionAuth 1.59. Null when the user has none.',
  })
  phoneNumber!: string | null;

  @Field(() => String, { nullable: true, description: 'The full name, or first and last name. Null when not given.' })
  displayName!: string | null;

  @Field(() => Boolean, { description: 'False once the user has been deactivated.' })
  active!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the user has verified the e-mail address. Null when FusionAuth does not say.',
  })
  verified!: boolean | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null when the user has never signed in.' })
  lastLoginAt!: Instant | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The tenant to which the user belongs. Null when FusionAuth does not say.',
  })
  tenantId!: TenantId | null;
}

@ObjectType('Tenant', { simpleResolvers: true, description: 'A tenant of FusionAuth.' })
export class TenantType implements Tenant {
  @Field(() => ID, { description: "FusionAuth's tenant id: the value for the header X-FusionAuth-TenantId." })
  id!: TenantId;

  @Field(() => String, { nullable: true, description: 'Its display name. Null when it has none.' })
  name!: string | null;
}

@ObjectType('Registration', { simpleResolvers: true, description: "A user's place in one application." })
export class RegistrationType implements Registration {
  @Field(() => ID, { description: 'The application.' })
  applicationId!: ApplicationId;

  @Field(() => [String], { description: 'The roles that the user has there. Empty when there are none.' })
  roles!: readonly string[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the user was registered. Null when FusionAuth does not say.',
  })
  registeredAt!: Instant | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null when the user has never signed in there.' })
  lastLoginAt!: Instant | null;
}

@ObjectType('SignIn', {
  simpleResolvers: true,
  description: 'One time that a user signed in, with or without a session.',
})
export class SignInType implements SignIn {
  @Field(() => DateTimeScalar, { description: 'When.' })
  signedInAt!: Instant;

  @Field(() => ID, { nullable: true, description: 'The application. Null when the sign-in was to none.' })
  applicationId!: ApplicationId | null;

  @Field(() => String, {
    nullable: true,
    description: 'The address that the sign-in came from. Null when FusionAuth does not say.',
  })
  ipAddress!: string | null;
}

@ObjectType('Application', { simpleResolvers: true, description: 'An application that users sign in to.' })
export class ApplicationType implements Application {
  @Field(() => ID, { description: "FusionAuth's application id, also the OAuth client id." })
  id!: ApplicationId;

  @Field(() => String, {
    nullable: true,
    description: 'Its display name. Null when it has none, or it could not be read.',
  })
  name!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Its tenant. Null for a universal application, which belongs to none, and when it could not be read.',
  })
  tenantId!: TenantId | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long, in seconds, the last access token of a revoked session can still be accepted. Null when it is not known.',
  })
  accessTokenLifetimeSeconds!: number | null;
}
