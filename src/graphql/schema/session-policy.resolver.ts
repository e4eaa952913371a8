import { Arg, Ctx, Extensions, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readLifetimes } from '../../application/operation/read-sessions.js';
import { type ExplainPolicy, matchingRules } from '../../application/policy/explain-policy.js';
import type { SessionLifetimes } from '../../domain/directory.js';
import { type ApplicationId, parseApplicationId, parseUserId } from '../../domain/ids.js';
import type { PolicyMode as PolicyModeValue } from '../../domain/policy/policy.js';
import { type Optional, parseOptionalId } from './arguments.js';
import { PolicyMode } from './policy.enums.js';
import { PolicyLimitType, toPolicyLimitType } from './policy.types.js';
import { idOf, type Price } from './price.js';

@ObjectType('SessionPolicy', {
  simpleResolvers: true,
  description:
    "The rules for sessions: the lifetimes in force under FusionAuth's settings, and the limits of the session policy. A call that enforces a limit of its own adds that limit.",
})
class SessionPolicyType implements SessionLifetimes {
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
    description: 'How long, in seconds, a session lives however it is used. Null without such a limit.',
  })
  absoluteLifetimeSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'How long, in seconds, access tokens live. Null when not known.' })
  accessTokenLifetimeSeconds!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The version of the session policy: 12 hex digits, another one after each change. Null without one.',
  })
  version!: string | null;

  @Field(() => PolicyMode, {
    nullable: true,
    description: 'Whether the session policy ends sessions. Null without one.',
  })
  mode!: PolicyModeValue | null;

  @Field(() => [PolicyLimitType], {
    description:
      'The budgets that hold for the user, in the order of the rules: each session counts in the first that is about it. Empty without userId, without a policy, and for an exempt user.',
  })
  limits!: readonly PolicyLimitType[];
}

const noLifetimes = {
  idleLifetimeSeconds: null,
  absoluteLifetimeSeconds: null,
  accessTokenLifetimeSeconds: null,
};

/** The price of the settings; with a user, also of its sessions and of the facts that rules ask about it. */
const priceOfSessionPolicy: Price = (calls, { userId }, owners) => {
  calls.settings();
  if (userId == null) return owners;
  calls.sessionsOf([idOf(userId)]);
  calls.once();
  return [idOf(userId)];
};

@Resolver()
export class SessionPolicyResolver {
  constructor(private readonly explainPolicy: ExplainPolicy) {}

  @Extensions({ price: priceOfSessionPolicy })
  @Query(() => SessionPolicyType, {
    nullable: true,
    description:
      'The lifetimes in force and, with userId, the limits: as evidence, and for pages that show "2 of 5 devices, by rule phones". Null when the application does not exist, or when there are several tenants and none is configured. Needs policy:read, with userId session:read, too.',
  })
  async sessionPolicy(
    @Arg('applicationId', () => ID, {
      nullable: true,
      description:
        "The application: a UUID. Only its sessions are listed in limits then. Default: the tenant's settings, and all sessions.",
    })
    applicationId: Optional<string>,
    @Arg('userId', () => ID, {
      nullable: true,
      description: 'The user whose limits are asked for: a UUID. Default: nobody, and limits is empty.',
    })
    userId: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<SessionPolicyType | null> {
    const ofApplication = parseOptionalId(applicationId, parseApplicationId, ['applicationId']);
    const ofUser = parseOptionalId(userId, parseUserId, ['userId']);
    // One after the other, because both read the same settings, and the first one determines the tenant.
    const lifetimes = await readLifetimes(scope, ofApplication);
    const explained = await this.explainPolicy.execute(scope, ofUser);
    if (lifetimes === null && (ofApplication !== null || explained === null)) return null;
    return {
      ...(lifetimes ?? { ...noLifetimes, applicationId: null }),
      version: explained?.policy.version ?? null,
      mode: explained?.policy.mode ?? null,
      limits: explained === null ? [] : matchingRules(explained).map((rule) => toPolicyLimitType(rule, ofApplication)),
    };
  }
}
