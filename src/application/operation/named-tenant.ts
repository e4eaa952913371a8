import { InvalidInputError, UpstreamRejectedError } from '../../domain/errors.js';
import type { OperationScope } from './operation-scope.js';

/**
 * Refuses an operation in a tenant that only the caller names and that FusionAuth does not have. For operations that
 * would otherwise not ask FusionAuth on behalf of their caller, and find nothing. Where FusionAuth cannot say, they go on.
 * @throws InvalidInputError naming the header.
 */
export async function refuseUnknownTenant({
  tenantId,
  reads,
  upstream,
}: Pick<OperationScope, 'tenantId' | 'reads' | 'upstream'>): Promise<void> {
  if (tenantId === null || !upstream.tenantIsCallersWord) return;
  try {
    await reads.tenant(tenantId);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
  }
}

/**
 * Waits for work that begins with a read which all callers in a tenant share. Such a read takes a tenant that FusionAuth
 * does not have for a word of the caller.
 * @throws UpstreamRejectedError where the caller is bound to it, which is for an operator to mend.
 */
export async function blamingBinding<T>({ upstream }: Pick<OperationScope, 'upstream'>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const isOfTenant = cause instanceof InvalidInputError && cause.argument[0] === 'X-FusionAuth-TenantId';
    if (!isOfTenant || upstream.tenantIsCallersWord) throw cause;
    throw new UpstreamRejectedError('FusionAuth does not have the tenant that the caller is bound to', { cause });
  }
}
