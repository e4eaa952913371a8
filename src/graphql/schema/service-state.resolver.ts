import { Ctx, Extensions, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import {
  maxFollowers,
  type ReadServiceState,
  type ServiceState,
} from '../../application/operation/read-service-state.js';
import type { DeliveryReadings, Follower } from '../../domain/ports/service-readings.js';
import type { Instant } from '../../domain/session.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { free } from './price.js';

@ObjectType('WebhookState', {
  simpleResolvers: true,
  description: 'The deliveries of the webhook that the replica that answers has seen since it started.',
})
class WebhookStateType implements DeliveryReadings {
  @Field(() => Int, { description: 'Deliveries that were taken, including those of events that the service ignores.' })
  taken!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When a delivery was last taken. Null before the first.',
  })
  lastTakenAt!: Instant | null;

  @Field(() => Int, {
    description:
      'Deliveries answered with an error, including those that do not come from FusionAuth. The log says why.',
  })
  refused!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When a delivery was last refused. Null before the first.',
  })
  lastRefusedAt!: Instant | null;
}

@ObjectType('EventFollower', {
  simpleResolvers: true,
  description: 'A service that follows events at the replica that answers, such as one with a guard.',
})
class EventFollowerType implements Pick<Follower, 'name' | 'streams'> {
  @Field(() => String, { description: 'The name of its service key.' })
  name!: string;

  @Field(() => Int, { description: 'How many streams it has open.' })
  streams!: number;
}

@ObjectType('ServiceState', {
  simpleResolvers: true,
  description: 'The state of the service, as the replica that answers knows it.',
})
class ServiceStateType {
  @Field(() => DateTimeScalar, { description: 'When the replica started.' })
  startedAt!: Instant;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many replicas act as one, the one that answers included: 1 without a database. Null while the database cannot be reached.',
  })
  replicas!: number | null;

  @Field(() => Int, {
    description:
      'How long ago this replica had read everything that replicas published, in milliseconds: as a rule at most 1,000. 0 without a database.',
  })
  feedLagMs!: number;

  @Field(() => WebhookStateType, {
    nullable: true,
    description: 'The webhook. Null where the service takes no events of FusionAuth.',
  })
  webhook!: DeliveryReadings | null;

  @Field(() => [EventFollowerType], {
    description: `The services that follow events at this replica, by name, at most ${maxFollowers}, without those of other tenants only.`,
  })
  followers!: readonly Follower[];

  @Field(() => Int, { description: 'How many streams of events people have open at this replica.' })
  userStreams!: number;
}

@Resolver()
export class ServiceStateResolver {
  constructor(private readonly state: ReadServiceState) {}

  @Extensions({ price: free })
  @Query(() => ServiceStateType, {
    description:
      'The state of the service: its replicas, the webhook, and the followers of events. Other replicas have seen other deliveries and followers. Needs setup:read, and a caller that is not bound to applications: `FORBIDDEN` otherwise.',
  })
  async serviceState(@Ctx() scope: OperationScope): Promise<ServiceStateType> {
    return toServiceStateType(await this.state.read(scope));
  }
}

function toServiceStateType({ deliveries, feedLagMs, ...state }: ServiceState): ServiceStateType {
  return { ...state, feedLagMs: Math.round(feedLagMs), webhook: deliveries };
}
