import type { AuditLog } from '../../domain/audit.js';
import type { TenantId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { Recognised } from '../recognise-caller.js';

export interface RefreshTokenOptions {
  /**
   * Has FusionAuth end the session of a refresh token. The value goes from the request to this call, and nowhere else.
   * @throws an UpstreamError when FusionAuth cannot be asked.
   */
  readonly revoke: (value: string, tenantId: TenantId | null) => Promise<'revoked' | 'unknown'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/** FusionAuth's have some 80 characters; it would refuse any other than visible ones. */
const possibleValue = /^[\x21-\x7e]{1,2048}$/;

/**
 * Ends the session of a refresh token, on behalf of whoever holds it: FusionAuth's own logout asks for no more. Which
 * session that is only FusionAuth knows; its event says so to all who follow.
 */
export async function endByRefreshToken(
  { revoke, audit, clock }: RefreshTokenOptions,
  { caller, tenantId, clientAddress }: Recognised,
  requestId: string,
  value: string,
): Promise<void> {
  if (!possibleValue.test(value)) return;
  const [only, ...others] = caller.tenantIds ?? [];
  const tenant = tenantId ?? (others.length === 0 ? (only ?? null) : null);
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
    record((await revoke(value, tenant)) === 'revoked' ? 'revoked' : 'alreadyEnded', null);
  } catch (error) {
    record('failed', error instanceof Error ? error : null);
    throw error;
  }
  await audit.written();
}
