import { systemClock } from '../../../src/domain/ports/clock.js';
import { FusionAuth } from '../../../src/fusionauth/fusionauth.js';
import { observing } from '../../support/telemetry.js';
import type { CreateGateway } from './gateway-trial.js';

/** The gateway of the service, patient enough for an instance that is far away. */
export const createFusionAuthGateway: CreateGateway = (target) =>
  new FusionAuth({
    ...target,
    requestTimeoutMs: 10_000,
    callBudgetMs: 15_000,
    // A retry would hide how an instance behaves.
    maxAttempts: 1,
    retryBaseDelayMs: 50,
    maxConcurrentCalls: 8,
    maxQueuedCalls: 100,
    maxResponseBytes: 64 * 1_024 * 1_024,
    settingsMaxAgeMs: 10_000,
    clock: systemClock,
    telemetry: observing({
      settingsUnavailable: (error) => {
        throw error;
      },
    }),
  });
