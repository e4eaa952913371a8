import { Ctx, Extensions, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { mustComment } from '../../application/authorization/required-comment.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readTenants } from '../../application/operation/read-people.js';
import type { Caller } from '../../domain/caller.js';
import type { Tenant, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import { CallerKind } from './caller.enums.js';
import { TenantType, UserType } from './directory.types.js';
import { type Price, settingsRead, usersOfOwners } from './price.js';

@ObjectType('Viewer', { simpleResolvers: true, description: 'The caller, as the service has recognised it.' })
class ViewerType {
  @Field(() => CallerKind, { description: 'Whether the caller is a service or a person.' })
  kind!: Caller['kind'];

  @Field(() => String, { description: 'The name of the service key, or the subject of the access token.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'The user who calls. Null for a service.' })
  userId!: UserId | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The session the user calls from. Null for a service, and when the access token does not name one.',
  })
  sessionId!: SessionId | null;

  @Field(() => [String], {
    description:
      'What the caller may do to the sessions of anyone within its bounds, for example `session:read`. Users may see and end their own sessions without any permission.',
  })
  permissions!: readonly string[];

  @Field(() => [ID], { nullable: true, description: 'The tenants the caller may act in. Null for any.' })
  tenantIds!: readonly TenantId[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'The applications whose sessions the caller may see and end. Null for any, and for SSO sessions.',
  })
  applicationIds!: readonly ApplicationId[] | null;

  @Field(() => Boolean, {
    description:
      'Whether the caller has to give a comment when it ends sessions of others: people have to where REQUIRE_COMMENT is set.',
  })
  commentRequired!: boolean;
}

/** Settings of the service that callers may see. */
export interface ShownSettings {
  readonly commentRequired: boolean;
}

const priceOfViewer: Price = () => ['the caller'];

@Resolver(() => ViewerType)
export class ViewerResolver {
  constructor(private readonly settings: ShownSettings) {}

  @Extensions({ price: priceOfViewer })
  @Query(() => ViewerType, { description: 'The caller as the service has recognised it, and its permissions.' })
  viewer(@Ctx() { caller }: OperationScope): ViewerType {
    const { kind, name, permissions, tenantIds, applicationIds } = caller;
    return {
      kind,
      name,
      userId: caller.kind === 'user' ? caller.userId : null,
      sessionId: caller.kind === 'user' ? caller.sessionId : null,
      permissions: [...permissions],
      tenantIds: tenantIds === null ? null : [...tenantIds],
      applicationIds: applicationIds === null ? null : [...applicationIds],
      commentRequired: mustComment(this.settings.commentRequired, caller),
    };
  }

  @Extensions({ price: usersOfOwners })
  @FieldResolver(() => UserType, { nullable: true, description: 'The user who calls. Null for a service.' })
  async user(@Root() { userId }: ViewerType, @Ctx() { reads }: OperationScope): Promise<User | null> {
    return userId === null ? null : reads.user(userId);
  }

  @Extensions({ price: usersOfOwners })
  @FieldResolver(() => String, {
    description:
      'A name for display: the name, e-mail address, user name or phone number of a person, or the name of a service key.',
  })
  async displayName(@Root() { userId, name }: ViewerType, @Ctx() { reads }: OperationScope): Promise<string> {
    const user = userId === null ? null : await reads.user(userId);
    return user?.displayName ?? user?.email ?? user?.username ?? user?.phoneNumber ?? name;
  }

  @Extensions({ price: settingsRead })
  @FieldResolver(() => [TenantType], {
    description:
      'The tenants that the caller may act in and that could be read, by name: those of tenantIds, or where it is null those that FusionAuth has.',
  })
  tenants(@Ctx() scope: OperationScope): Promise<readonly Tenant[]> {
    return readTenants(scope);
  }
}
