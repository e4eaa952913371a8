import type { z } from 'zod';
import type { TenantId } from '../domain/ids.js';
import type { environment } from './environment.js';

/** How the service calls FusionAuth. Its API key is among the secrets. */
export interface FusionAuthConfig {
  /** Null: the embedded emulator, listening on `emulatorPort`. */
  readonly url: string | null;
  readonly emulatorPort: number;
  readonly tenantId: TenantId | null;
  /** The time for one attempt of a call. */
  readonly requestTimeoutMs: number;
  /** The time for a call with its retries and its waiting. */
  readonly callBudgetMs: number;
  readonly maxAttempts: number;
  readonly maxConcurrentCalls: number;
  readonly maxQueuedCalls: number;
  readonly settingsMaxAgeMs: number;
  /** Whether revocations are also recorded in FusionAuth's own audit log. */
  readonly auditLog: boolean;
}

export function fusionAuthOf(values: z.output<typeof environment>): FusionAuthConfig {
  return {
    url: values.FUSIONAUTH_URL ?? null,
    emulatorPort: values.EMULATOR_PORT,
    tenantId: values.FUSIONAUTH_TENANT_ID ?? null,
    requestTimeoutMs: values.FUSIONAUTH_REQUEST_TIMEOUT_MS,
    callBudgetMs: values.FUSIONAUTH_CALL_BUDGET_MS,
    maxAttempts: values.FUSIONAUTH_MAX_ATTEMPTS,
    maxConcurrentCalls: values.FUSIONAUTH_MAX_CONCURRENT_CALLS,
    maxQueuedCalls: values.FUSIONAUTH_MAX_QUEUED_CALLS,
    settingsMaxAgeMs: values.SETTINGS_MAX_AGE_MS,
    auditLog: values.FUSIONAUTH_AUDIT_LOG ?? false,
  };
}
