import type { TestService } from '../support/service.js';
import { policyLimits } from './operations.js';

/** Keeps a policy with the tenant, as its administrators do. */
export function keepWithTenant({ emulator: { store } }: TestService, sessionPolicy: unknown): void {
  store.tenantOrThrow(store.defaultTenantId).data = { sessionPolicy };
}

/** The rules that hold for a user, in order. Time goes on, so that settings are read anew. */
export async function rulesFor(service: TestService, userId: string): Promise<readonly string[]> {
  service.emulator.clock.advance(10);
  return (await policyLimits(service, userId)).limits.map(({ rule }) => rule);
}
