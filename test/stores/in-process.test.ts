import { ClaimedDeliveries } from '../../src/in-process/claimed-deliveries.js';
import { InProcessEventFeed } from '../../src/in-process/event-feed.js';
import { InProcessOwnRevocations } from '../../src/in-process/own-revocations.js';
import { InProcessRevocationMemory } from '../../src/in-process/revocation-memory.js';
import { InProcessSessionLog } from '../../src/in-process/session-log.js';
import { describeSessionLog } from './session-log-contract.js';

const clock = { now: () => Date.parse('2026-01-31T12:00:00Z') };

/** Replicas within one process share the objects. */
describeSessionLog('in process', async (replicas) => {
  const feed = new InProcessEventFeed({ name: 'feed', maxWaitingEvents: 100, maxRememberedEvents: 100 });
  const memory = new InProcessRevocationMemory({
    name: 'memory',
    clock,
    maxEntries: 100,
    endingMaxAgeMs: 60_000,
    onForgotten: () => undefined,
  });
  const log = new InProcessSessionLog({ memory, feed, deliveries: new ClaimedDeliveries(clock, 100) });
  const ownRevocations = new InProcessOwnRevocations();
  const replica = { log, memory, feed, ownRevocations };
  return { replicas: Array.from({ length: replicas }, () => replica), close: async () => feed.close() };
});
