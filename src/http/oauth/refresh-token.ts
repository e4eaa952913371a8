import { isOver, type OperationTime } from '../../application/operation/operation-time.js';
import type { Caller } from '../../domain/caller.js';
import { isDomainError, UpstreamTimeoutError } from '../../domain/errors.js';
import type { TenantId } from '../../domain/ids.js';
import type { AuditLog } from '../../domain/ports/audit-log.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { Recognised } from '../recognise-caller.js';

/** The calls of one request to FusionAuth. */
export interface RevocationCalls {
  /** How many there were so far, each attempt counted. */
  calls: number;
  /** True where the request names the tenants, so that one that FusionAuth does not have is its mistake. */
  readonly tenantIsCallersWord: boolean;
}

export interface RefreshTokenOptions {
  /**
   * Has FusionAuth end the session of a refresh token. Only this call gets the value from the request.
   * @throws an UpstreamError when FusionAuth cannot be asked, InvalidInputError for an unknown tenant of the request.
   */
  readonly revoke: (
    value: string,
    tenantId: TenantId | null,
    upstream: RevocationCalls,
  ) => Promise<'revoked' | 'unknown'>;
  /** The tenant this service is bound to, or null. */
  readonly tenantId: TenantId | null;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/** A possible value. FusionAuth's have some 80 visible characters. */
const possibleValue = /^[\x21-\x7e]{1,2048}$/;

interface RevocationRequest extends Recognised {
  readonly requestId: string;
  readonly time: OperationTime;
  readonly upstream: RevocationCalls;
}

/**
 * Ends the session of a refresh token on behalf of its holder, as FusionAuth's own logout does. Only FusionAuth knows
 * the session; its event tells all followers. Takes one call for each tenant in which the caller may act, at most.
 */
export async function endByRefreshToken(
  { revoke, audit, clock, tenantId: configured }: RefreshTokenOptions,
  { caller, tenantId, clientAddress, requestId, time, upstream }: RevocationRequest,
  value: string,
): Promise<void> {
  const tenants = possibleValue.test(value) ? tenantsOf(caller, tenantId, configured) : [];
  if (tenants.length === 0) return;
  const record = (outcome: 'revoked' | 'alreadyEnded' | 'failed', cause: Error | null) =>
    audit.record({
      at: clock.now(),
      requestId,
      actor: caller.name,
      actorKind: caller.kind,
      clientAddress,
      userId: null,
      sessionId: null,
      applicationId: null,
      reason: 'USER_LOGOUT',
      comment: 'The refresh token was revoked at /oauth2/revoke',
      outcome,
      cause,
    });
  try {
    const isRevoked = await revokeInOneOf(tenants, time, (tenant) => revoke(value, tenant, upstream));
    record(isRevoked ? 'revoked' : 'alreadyEnded', null);
  } catch (error) {
    record('failed', error instanceof Error ? error : null);
    throw error;
  }
  await audit.written();
}

/** The tenants in which the token may be. Null lets FusionAuth find its tenant. */
function tenantsOf(
  { tenantIds }: Caller,
  named: TenantId | null,
  configured: TenantId | null,
): readonly (TenantId | null)[] {
  if (named !== null) return [named];
  if (tenantIds === null) return [configured];
  return configured === null ? [...tenantIds] : [...tenantIds].filter((id) => id === configured);
}

/** @throws the first error where none has the token: one that FusionAuth refuses says nothing about the others. */
async function revokeInOneOf(
  tenants: readonly (TenantId | null)[],
  time: OperationTime,
  revoke: (tenant: TenantId | null) => Promise<'revoked' | 'unknown'>,
): Promise<boolean> {
  const refusals: unknown[] = [];
  for (const tenant of tenants) {
    if (isOver(time)) throw new UpstreamTimeoutError(false);
    try {
      if ((await revoke(tenant)) === 'revoked') return true;
    } catch (error) {
      if (!isOfTenant(error)) throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return false;
}

/** Whether FusionAuth refused one tenant, such as a deleted one, and may answer for another one. */
function isOfTenant(error: unknown): boolean {
  return isDomainError(error) && (error.code === 'UPSTREAM_REJECTED' || error.code === 'BAD_USER_INPUT');
}
