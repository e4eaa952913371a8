import { InvalidInputError } from '../../domain/errors.js';
import type { OperationScope } from './operation-scope.js';

/**
 * Refuses an operation in a tenant that only the caller names and that FusionAuth does not have. For operations that
 * would otherwise not ask FusionAuth on behalf of their caller, and find nothing. Where FusionAuth cannot say, they go on.
 * @throws InvalidInputError naming the header.
 */
export async function refuseUnknownTenant({
  caller,
  tenantId,
  reads,
}: Pick<OperationScope, 'caller' | 'tenantId' | 'reads'>): Promise<void> {
  if (tenantId === null || caller.tenantIds !== null) return;
  try {
    await reads.tenant(tenantId);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
  }
}
