import type { Emulator } from '../../src/emulator/emulator.js';
import { FusionAuth, type FusionAuthOptions } from '../../src/fusionauth/fusionauth.js';
import type { TransportOptions } from '../../src/fusionauth/transport.js';
import { silent } from './telemetry.js';

/** Generous limits and short pauses: tests narrow the limit they are about. */
export const transportOptions: Omit<TransportOptions, 'baseUrl'> = {
  requestTimeoutMs: 5_000,
  callBudgetMs: 10_000,
  maxAttempts: 3,
  retryBaseDelayMs: 1,
  maxConcurrentCalls: 8,
  maxQueuedCalls: 100,
  maxResponseBytes: 10_000_000,
  telemetry: silent,
};

/** The service's connection to an emulated FusionAuth. Dispose of it before the emulator. */
export function connect(emulator: Emulator, options: Partial<FusionAuthOptions> = {}): FusionAuth {
  return new FusionAuth({
    ...transportOptions,
    baseUrl: emulator.url,
    apiKey: emulator.apiKey,
    tenantId: null,
    settingsMaxAgeMs: 10_000,
    clock: emulator.clock,
    ...options,
  });
}
