import { StoreUnavailableError } from '../../domain/errors.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import type { Instant } from '../../domain/session.js';
import { unreachable } from '../../domain/unreachable.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';

interface LostRevocationsPorts {
  readonly memory: Pick<RevocationMemory, 'missedBefore' | 'completeSince'>;
  readonly clock: Clock;
  /** The age at which every access token has expired, in milliseconds. */
  readonly maxAccessTokenLifetimeMs: number;
  readonly telemetry: Pick<UseCaseTelemetry, 'revocationsLost' | 'lossNotRecorded'>;
}

/**
 * Accounts for revocations that nobody may learn of: above all for deliveries of FusionAuth that were refused or could not
 * be handled. Under the transaction type `None`, FusionAuth sends a delivery once, so each may be a revocation that nobody
 * reports again. Revocations until then may be missing, which `revocationsCompleteSince` shows.
 */
export class LostRevocations {
  constructor(private readonly ports: LostRevocationsPorts) {}

  /**
   * A delivery whose event is known: it concerns access tokens issued before the event.
   * @param isAbsenceSaid Whether the delivery was reported as lost because the store is not available.
   */
  eventLost(event: FusionAuthEvent, cause: string, isAbsenceSaid = false): void {
    if (!mayRevoke(event)) return;
    const now = this.ports.clock.now();
    if (event.occurredAt < now - this.ports.maxAccessTokenLifetimeMs) return;
    // FusionAuth's clock may be far ahead. Its instants would then make the memory incomplete for ever.
    this.#missedBefore(Math.min(event.occurredAt, now) + 1, cause, isAbsenceSaid);
  }

  /** A delivery whose event is not known, or a revocation of this service of which nobody knows what became. */
  lost(cause: string): void {
    this.#missedBefore(this.ports.clock.now() + 1, cause);
  }

  #missedBefore(instant: Instant, cause: string, isAbsenceSaid = false): void {
    const { memory, telemetry } = this.ports;
    const move = async () => {
      // Nobody may know since when nothing is missing, as while the database is away. The loss is one all the same.
      const completeSince = await memory.completeSince().catch(() => Number.NEGATIVE_INFINITY);
      if (completeSince >= instant) return;
      await memory.missedBefore(instant);
      telemetry.revocationsLost(instant, cause);
    };
    move().catch((error: unknown) => {
      // The memory records it once the store is back.
      if (!isAbsenceSaid || !(error instanceof StoreUnavailableError)) telemetry.lossNotRecorded(error);
    });
  }
}

/** Whether access tokens have to be refused because of an event. */
function mayRevoke(event: FusionAuthEvent): boolean {
  switch (event.kind) {
    case 'sessionRevoked':
    case 'userRevoked':
    case 'applicationRevoked':
    case 'userDeactivated':
    case 'userDeleted':
    case 'passwordChanged':
      return true;
    case 'sessionRefreshed':
    case 'userSignedIn':
    case 'userRegistered':
      return false;
    default:
      return unreachable(event);
  }
}
