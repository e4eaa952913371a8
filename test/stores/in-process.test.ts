import { createInProcessStores } from '../../src/in-process/stores.js';
import { silent } from '../support/telemetry.js';
import { describeSessionLog } from './session-log-contract.js';

/** Replicas within one process share the objects. */
describeSessionLog('in process', async (count) => {
  const stores = createInProcessStores({
    maxWaitingEvents: 100,
    maxRememberedEvents: 100,
    maxRememberedRevocations: 100,
    endedSessionMemoryMs: 60_000,
    maxTurnWaitMs: 1_000,
    clock: { now: () => Date.parse('2026-01-31T12:00:00Z') },
    telemetry: silent,
  });
  return { replicas: Array.from({ length: count }, () => stores), close: async () => stores[Symbol.asyncDispose]() };
});
