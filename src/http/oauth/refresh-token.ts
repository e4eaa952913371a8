import type { Caller } from '../../domain/caller.js';
import type { TenantId } from '../../domain/ids.js';
import type { AuditLog } from '../../domain/ports/audit-log.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { Recognised } from '../recognise-caller.js';

export interface RefreshTokenOptions {
  /**
   * Has FusionAuth end the session of a refresh token. Only this call gets the value from the request.
   * @throws an UpstreamError when FusionAuth cannot be asked.
   */
  readonly revoke: (value: string, tenantId: TenantId | null) => Promise<'revoked' | 'unknown'>;
  /** The tenant this service is bound to, or null. */
  readonly tenantId: TenantId | null;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/** A possible value. FusionAuth's have some 80 visible characters. */
const possibleValue = /^[\x21-\x7e]{1,2048}$/;

/**
 * Ends the session of a refresh token on behalf of its holder, as FusionAuth's own logout does. Only FusionAuth knows
 * the session; its event tells all followers.
 * @returns the most calls to FusionAuth that it took: one for each tenant in which the caller may act.
 */
export async function endByRefreshToken(
  { revoke, audit, clock, tenantId: configured }: RefreshTokenOptions,
  { caller, tenantId, clientAddress }: Recognised,
  requestId: string,
  value: string,
): Promise<number> {
  const tenants = possibleValue.test(value) ? tenantsOf(caller, tenantId, configured) : [];
  if (tenants.length === 0) return 0;
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
    record((await revokeInOneOf(tenants, (tenant) => revoke(value, tenant))) ? 'revoked' : 'alreadyEnded', null);
  } catch (error) {
    record('failed', error instanceof Error ? error : null);
    throw error;
  }
  await audit.written();
  return tenants.length;
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

async function revokeInOneOf(
  tenants: readonly (TenantId | null)[],
  revoke: (tenant: TenantId | null) => Promise<'revoked' | 'unknown'>,
): Promise<boolean> {
  for (const tenant of tenants) {
    if ((await revoke(tenant)) === 'revoked') return true;
  }
  return false;
}
