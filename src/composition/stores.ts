import { StoreUnavailableError } from '../domain/errors.js';
import type { Stores } from '../domain/ports/stores.js';
import { StartRefusedError } from '../domain/start-refused-error.js';
import { createInProcessStores } from '../in-process/stores.js';
import type { Foundation } from './foundation.js';

/**
 * Opens the state that replicas share. The caller disposes of it; a rejected promise leaves nothing open.
 * @param signal Aborted when the start is given up: the promise then rejects with its reason.
 */
export type CreateStores = (foundation: Foundation, signal?: AbortSignal) => Promise<Stores>;

/** Longer than any call takes that begins within the time for endings, in milliseconds. */
const busyReserveMs = 1_000;

/** The stores that the configuration names: those of this process alone, or those of a database. */
export const createStores: CreateStores = async ({ config, secrets, clock, elapsedMs, telemetry }, signal) => {
  const options = { ...config.events, maxTurnWaitMs: config.userLockMaxWaitMs, clock, elapsedMs, telemetry };
  if (config.database === null || secrets.databaseUrl === null) return createInProcessStores(options);
  // Loaded only on demand, so that a service without a database carries none of it.
  const { createPostgresStores } = await import('../postgres/stores.js');
  const url = secrets.databaseUrl;
  try {
    return await createPostgresStores({
      ...options,
      ...config.database,
      url,
      signal,
      maxBusyMs: config.endingBudgetMs + config.fusionAuth.callBudgetMs + busyReserveMs,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const { knownDatabaseFault } = await import('../doctor/broken-database.js');
    const cause = error instanceof StoreUnavailableError ? error.cause : error;
    const fault = knownDatabaseFault(cause, url);
    throw fault === null ? error : new StartRefusedError(fault, { cause });
  }
};
