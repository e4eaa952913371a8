import type { EndedSession } from '../../domain/ended-session.js';
import type { TenantId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { RevocationCause } from '../../domain/revocation-cause.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import type { SessionEventRecorder } from './session-event-recorder.js';

interface UncertainRevocationsOptions {
  readonly recorder: Pick<SessionEventRecorder, 'recordOwn'>;
  /** The sessions of a tenant. */
  readonly sessionsOf: (tenantId: TenantId | null) => Pick<SessionGateway, 'findSession'>;
  readonly telemetry: Pick<UseCaseTelemetry, 'endingUncertain'>;
  /** Called when nobody looks again at a revocation that may have been carried out. */
  readonly onForgotten: () => void;
  /**
   * How long to wait before each look, in milliseconds. The last one is repeated while FusionAuth cannot be asked.
   * Default: 1, 5, 30 and 120 seconds.
   */
  readonly delaysMs?: readonly number[];
}

/** Its ending, if the revocation was carried out. */
interface UncertainRevocation {
  readonly ended: EndedSession;
  readonly tenantId: TenantId | null;
  readonly cause: RevocationCause;
  /** Whether every replica knows of it, and one looks in any case. */
  readonly isAnnounced: boolean;
}

/**
 * How many sessions may be in doubt, of about 2 kB each. One more is reported as it comes, and its end is published only if
 * FusionAuth reports it, or it is ended again.
 */
const maxInDoubt = 1_000;

const tooMany = `${maxInDoubt} sessions are in doubt already, so nobody looks at this one again`;

/** How many looks may fail: those of a day. */
const maxFailedLooks = 720;

const defaultDelaysMs = [1_000, 5_000, 30_000, 120_000];

/**
 * Follows up revocations that went unanswered and may have been carried out, and endings that could not be published.
 * The caller was told that they failed; if a later look shows that the session has ended, its access tokens have to be
 * refused.
 */
export class UncertainRevocations implements Disposable {
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Those that are being looked at included. */
  #inDoubt = 0;

  constructor(private readonly options: UncertainRevocationsOptions) {}

  followUp(uncertain: UncertainRevocation): void {
    const { delaysMs = defaultDelaysMs } = this.options;
    if (this.#inDoubt >= maxInDoubt) this.#forget(uncertain, new RangeError(tooMany));
    else {
      this.#inDoubt++;
      this.#lookLater(uncertain, delaysMs);
    }
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #lookLater(uncertain: UncertainRevocation, [delayMs, ...later]: readonly number[], failed = 0): void {
    if (delayMs === undefined) {
      this.#inDoubt--;
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#look(uncertain).then(
        (isGone) => {
          this.#lookLater(uncertain, isGone ? [] : later, failed);
        },
        (error: unknown) => {
          if (failed >= maxFailedLooks) {
            this.#inDoubt--;
            return this.#forget(uncertain, error);
          }
          this.options.telemetry.endingUncertain(error);
          // It has not shown that the session lives.
          this.#lookLater(uncertain, later.length === 0 ? [delayMs] : later, failed + 1);
        },
      );
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #forget({ isAnnounced }: UncertainRevocation, cause: unknown): void {
    if (isAnnounced) return;
    this.options.telemetry.endingUncertain(cause);
    this.options.onForgotten();
  }

  async #look({ ended, tenantId, cause }: UncertainRevocation): Promise<boolean> {
    const { recorder, sessionsOf } = this.options;
    if ((await sessionsOf(tenantId).findSession(ended.id)) !== null) return false;
    await recorder.recordOwn(ended, tenantId, cause);
    return true;
  }
}
