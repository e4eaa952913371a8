import type { Clock } from '../domain/ports/clock.js';
import type { StoreTelemetry } from '../domain/ports/store-telemetry.js';
import type { Stores } from '../domain/ports/stores.js';
import { ClaimedDeliveries } from './claimed-deliveries.js';
import { InProcessEventFeed } from './event-feed.js';
import { InProcessOwnRevocations } from './own-revocations.js';
import { InProcessRevocationMemory } from './revocation-memory.js';
import { InProcessSessionLog } from './session-log.js';

export interface InProcessStoresOptions {
  /** How many events may wait to be read by one subscriber. */
  readonly maxWaitingEvents: number;
  /** How many events are remembered, for subscribers who come back. */
  readonly maxRememberedEvents: number;
  /** How many revocations are remembered, and how many endings. */
  readonly maxRememberedRevocations: number;
  /** How long it is remembered how a session ended, in milliseconds. */
  readonly endedSessionMemoryMs: number;
  readonly clock: Clock;
  readonly telemetry: StoreTelemetry;
}

/** About 15 MB. Far more events than a FusionAuth fires within the time that a delivery of one is accepted. */
const maxRememberedDeliveries = 100_000;

/** The stores of one process, which end with it. Another replica has its own, and neither sees the other's. */
export function createInProcessStores(options: InProcessStoresOptions): Stores {
  const { clock, maxRememberedRevocations: maxEntries, endedSessionMemoryMs: endingMaxAgeMs, telemetry } = options;
  const feed = new InProcessEventFeed(options);
  const memory = new InProcessRevocationMemory({
    clock,
    maxEntries,
    endingMaxAgeMs,
    onForgotten: (completeSince) => telemetry.completenessMoved(completeSince),
  });
  const deliveries = new ClaimedDeliveries(clock, maxRememberedDeliveries);
  return {
    log: new InProcessSessionLog({ memory, feed, deliveries }),
    memory,
    feed,
    ownRevocations: new InProcessOwnRevocations(),
    begin: () => memory.begin(),
    endSubscriptions: () => feed.close(),
    [Symbol.asyncDispose]: async () => feed.close(),
  };
}
