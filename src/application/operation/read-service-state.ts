import type { Caller } from '../../domain/caller.js';
import type { DeliveryReadings, Follower, ServiceReadings } from '../../domain/ports/service-readings.js';
import type { Instant } from '../../domain/session.js';
import { requireSetUp } from '../authorization/set-up.js';
import type { OperationScope } from './operation-scope.js';

/** The state of the service, as the replica that answers knows it. */
export interface ServiceState {
  readonly startedAt: Instant;
  readonly replicas: number | null;
  readonly feedLagMs: number;
  readonly deliveries: DeliveryReadings | null;
  /** Services only, by name. */
  readonly followers: readonly Follower[];
  /** How many streams of people are open. */
  readonly userStreams: number;
}

/** How many followers are shown, to bound the answer. */
export const maxFollowers = 100;

/** Reports the state of the service to operators. It calls only the database. */
export class ReadServiceState {
  constructor(private readonly readings: ServiceReadings) {}

  /** @throws ForbiddenError when the caller may not see it, or is bound to applications. */
  async read({ caller }: Pick<OperationScope, 'caller'>): Promise<ServiceState> {
    requireSetUp(caller);
    const { readings } = this;
    const all = readings.followers();
    const services = all.filter(({ kind, tenantIds }) => kind === 'service' && meets(caller.tenantIds, tenantIds));
    const people = all.filter(({ kind }) => kind === 'user');
    return {
      startedAt: readings.startedAt,
      replicas: await readings.replicas(),
      feedLagMs: readings.feedLagMs(),
      deliveries: readings.deliveries(),
      followers: services.sort((one, other) => one.name.localeCompare(other.name)).slice(0, maxFollowers),
      userStreams: people.reduce((total, { streams }) => total + streams, 0),
    };
  }
}

/** Whether two callers have a tenant in common. */
function meets(own: Caller['tenantIds'], others: Caller['tenantIds']): boolean {
  return own === null || others === null || [...others].some((id) => own.has(id));
}
