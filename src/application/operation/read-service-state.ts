import type { Caller } from '../../domain/caller.js';
import type { DeliveryReadings, Follower, ServiceReadings } from '../../domain/ports/service-readings.js';
import type { Instant } from '../../domain/session.js';
import { requireSetUp } from '../authorization/set-up.js';
import type { OperationScope } from './operation-scope.js';

/** How the service is doing, as the replica that was asked knows it. */
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

/** More are not shown: what everybody is shown is bounded. */
export const maxFollowers = 100;

/** Says how the service is doing, to those who run it. Calls nothing but the database. */
export class ReadServiceState {
  constructor(private readonly readings: ServiceReadings) {}

  /** @throws ForbiddenError when the caller may not know, or is bound to applications. */
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

/** A service of other tenants alone is none of the caller's. */
function meets(own: Caller['tenantIds'], others: Caller['tenantIds']): boolean {
  return own === null || others === null || [...others].some((id) => own.has(id));
}
