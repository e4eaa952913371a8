import { systemClock } from '../../src/domain/ports/clock.js';
import type { PostgresStoresOptions } from '../../src/postgres/stores.js';
import { observing } from './telemetry.js';

/** How a test opens stores in a database; failures that nobody expects are thrown. */
export function postgresOptions(url: string): PostgresStoresOptions {
  const unexpected = (error: unknown) => {
    throw error;
  };
  return {
    url,
    tls: 'off',
    schema: 'fusionauth_sessions',
    poolSize: 4,
    statementTimeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    outageToleranceMs: 1_000,
    maxBusyMs: 10_000,
    historyRetentionMs: 86_400_000,
    maxWaitingEvents: 100,
    maxRememberedEvents: 100,
    maxRememberedRevocations: 100,
    endedSessionMemoryMs: 60_000,
    maxTurnWaitMs: 1_000,
    clock: systemClock,
    telemetry: observing({
      eventsMayBeLost: unexpected,
      endingsUnshared: unexpected,
      databaseNotInOrder: unexpected,
    }),
  };
}
