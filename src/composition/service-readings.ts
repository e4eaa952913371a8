import type { ServiceReadings } from '../domain/ports/service-readings.js';
import type { Stores } from '../domain/ports/stores.js';
import { SeenDeliveries } from '../http/seen-deliveries.js';
import { SubscriptionCount } from '../http/subscription-count.js';
import type { Foundation } from './foundation.js';

/** The counters at the edge of the service, and the readings taken from them. */
export interface Counted {
  readonly deliveries: SeenDeliveries;
  readonly subscriptions: SubscriptionCount;
  readonly readings: ServiceReadings;
}

export function createCounted({ config, clock }: Foundation, stores: Stores): Counted {
  const { serviceReservePercent } = config.limits;
  const deliveries = new SeenDeliveries(clock);
  const subscriptions = new SubscriptionCount({ ...config.subscriptions, serviceReservePercent });
  return {
    deliveries,
    subscriptions,
    readings: {
      startedAt: clock.now(),
      deliveries: () => (config.webhook === null ? null : deliveries.readings),
      followers: () => subscriptions.followers,
      feedLagMs: () => stores.readings().feedLagMs,
      replicas: () => stores.replicas(),
    },
  };
}
