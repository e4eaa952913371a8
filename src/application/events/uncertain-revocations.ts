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
}

/**
 * How many sessions may be in doubt. One more is reported as it comes, and its end is published only if FusionAuth
 * reports it, or it is ended again.
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

  constructor(private readonly options: UncertainRevocationsOptions) {}

  followUp(uncertain: UncertainRevocation): void {
    const { telemetry, delaysMs = defaultDelaysMs } = this.options;
    if (this.#timers.size < maxInDoubt) this.#lookLater(uncertain, delaysMs);
    else telemetry.endingUncertain(new RangeError(tooMany));
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #lookLater(uncertain: UncertainRevocation, [delayMs, ...later]: readonly number[], failed = 0): void {
    if (delayMs === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#look(uncertain).then(
        (isGone) => {
          if (!isGone) this.#lookLater(uncertain, later, failed);
        },
        (error: unknown) => {
          this.options.telemetry.endingUncertain(error);
          // It has not shown that the session lives.
          const again = later.length === 0 ? [delayMs] : later;
          if (failed < maxFailedLooks) this.#lookLater(uncertain, again, failed + 1);
        },
      );
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  async #look({ ended, tenantId, cause }: UncertainRevocation): Promise<boolean> {
    const { recorder, sessionsOf } = this.options;
    if ((await sessionsOf(tenantId).findSession(ended.id)) !== null) return false;
    await recorder.recordOwn(ended, tenantId, cause);
    return true;
  }
}
