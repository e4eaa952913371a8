import { randomUUID } from 'node:crypto';
import type { EnforceSessionLimit } from '../application/enforcement/enforce-session-limit.js';
import type { OperationScope } from '../application/operation/operation-scope.js';
import { EnforcePolicy } from '../application/policy/enforce-policy.js';
import type { ServiceCaller } from '../domain/caller.js';
import type { TenantId } from '../domain/ids.js';
import type { RevocationAllowance } from '../domain/ports/revocation-allowance.js';
import type { CreateScope } from '../http/recognise-caller.js';
import type { Foundation } from './foundation.js';

export interface PolicyParts {
  readonly createScope: CreateScope;
  readonly enforceSessionLimit: EnforceSessionLimit;
  readonly allowance: RevocationAllowance;
}

/** The service itself, as the records of what a policy has ended name it. */
const itself: ServiceCaller = {
  kind: 'service',
  name: 'session policy',
  expiresAt: null,
  permissions: new Set(['session:enforce', 'session:read']),
  tenantIds: null,
  applicationIds: null,
};

/** How the session policy is enforced. */
export function createPolicy(
  { config, policies }: Pick<Foundation, 'config' | 'policies'>,
  { createScope, enforceSessionLimit, allowance }: PolicyParts,
): EnforcePolicy {
  const scopeFor = (tenantId: TenantId | null): OperationScope =>
    createScope({
      caller: itself,
      tenantId: tenantId ?? config.fusionAuth.tenantId,
      clientAddress: 'none',
      requestId: randomUUID(),
      time: {
        deadline: performance.now() + config.limits.operationTimeoutMs,
        signal: new AbortController().signal,
      },
    });
  return new EnforcePolicy({ policies, enforceSessionLimit, scopeFor, allowance });
}
