import type { Permission } from '../../domain/caller.js';
import type { SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { ConfirmationTurns } from '../../domain/ports/confirmation-turns.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import type { AskFusionAuthPorts } from './ask-fusionauth.js';

export interface ConfirmSessionsPorts extends Pick<AskFusionAuthPorts, 'sourceOf'> {
  readonly memory: Pick<RevocationMemory, 'covers' | 'completeSince'>;
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward, by which ages are told. */
  readonly elapsedMs: () => number;
  /** Among the replicas. */
  readonly turns: ConfirmationTurns;
  /** How many calls to FusionAuth a second confirmations may make. */
  readonly callsPerSecond: number;
  readonly telemetry: Pick<UseCaseTelemetry, 'sessionsConfirmed' | 'confirmationsUnavailable' | 'confirmationsBehind'>;
  /** Called for each session that was asked about and lives, each time FusionAuth has said so. */
  readonly onAlive?: (session: AliveSession) => void;
  /** For tests. Default: half a second. */
  readonly secondLookMs?: number;
}

export interface AliveSession {
  readonly tenantId: TenantId | null;
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** A session to confirm, and whose it is as far as the caller knows: that spares a look-up. */
export interface ConfirmSessionsCommand {
  readonly sessions: readonly { readonly id: SessionId; readonly userId: UserId | null }[];
  /** How old the knowledge may be, in milliseconds. */
  readonly maxAgeMs: number;
  /** How long the answer may wait for FusionAuth, in milliseconds; what is not known by then is asked all the same. */
  readonly maxWaitMs: number;
  /** Under which the caller may learn it. */
  readonly permission: Permission;
}
