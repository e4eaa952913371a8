import { Arg, Ctx, Extensions, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readLifetimes } from '../../application/operation/read-sessions.js';
import type { SessionLifetimes } from '../../domain/directory.js';
import { type ApplicationId, parseApplicationId } from '../../domain/ids.js';
import { type Optional, parseOptionalId } from './arguments.js';
import { settingsRead } from './price.js';

@ObjectType('SessionPolicy', {
  simpleResolvers: true,
  description:
    "The lifetimes in force under FusionAuth's settings. How many sessions may live is not among them: each call that enforces a limit brings its own.",
})
export class SessionPolicyType implements SessionLifetimes {
  @Field(() => ID, {
    nullable: true,
    description: "Null for the tenant's settings, which hold where an application has none of its own.",
  })
  applicationId!: ApplicationId | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How long, in seconds, a session lives unused. Null when use does not prolong it.',
  })
  idleLifetimeSeconds!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How long, in seconds, a session lives however it is used. Null when there is no such limit.',
  })
  absoluteLifetimeSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'How long, in seconds, access tokens live. Null when not known.' })
  accessTokenLifetimeSeconds!: number | null;
}

@Resolver()
export class SessionPolicyResolver {
  @Extensions({ price: settingsRead })
  @Query(() => SessionPolicyType, {
    nullable: true,
    description:
      'The lifetimes in force: for evidence, and for pages that explain them. Null when there is no such application, or several tenants and none configured. Needs policy:read.',
  })
  async sessionPolicy(
    @Arg('applicationId', () => ID, {
      nullable: true,
      description: "The application: a UUID. Default: the tenant's settings.",
    })
    applicationId: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<SessionLifetimes | null> {
    return readLifetimes(scope, parseOptionalId(applicationId, parseApplicationId, ['applicationId']));
  }
}
