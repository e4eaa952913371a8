import type { Stores } from '../domain/ports/stores.js';
import { createInProcessStores } from '../in-process/stores.js';
import type { Foundation } from './foundation.js';

/**
 * Opens what replicas have to share to act as one. Whoever calls it disposes of what it resolves to; when it rejects,
 * nothing is left open.
 */
export type CreateStores = (foundation: Foundation) => Promise<Stores>;

/** The stores that the configuration names: those of this process alone. */
export const createStores: CreateStores = async ({ config, clock, telemetry }) =>
  createInProcessStores({ ...config.events, maxTurnWaitMs: config.userLockMaxWaitMs, clock, telemetry });
