import type { ApplicationId, TenantId } from '../../domain/ids.js';
import type { AbandonedRevocation, SessionClaims } from '../../domain/ports/session-claims.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import type { SessionEventRecorder } from './session-event-recorder.js';

interface AbandonedRevocationsOptions {
  readonly claims: Pick<SessionClaims, 'takeAbandoned' | 'giveUpAbandoned'>;
  readonly recorder: Pick<SessionEventRecorder, 'recordOwn'>;
  /** The sessions of a tenant. */
  readonly sessionsOf: (tenantId: TenantId | null) => Pick<SessionGateway, 'findSession'>;
  /** The tenant of an application; null when FusionAuth does not have it. */
  readonly tenantOf: (applicationId: ApplicationId) => Promise<TenantId | null>;
  readonly telemetry: Pick<UseCaseTelemetry, 'abandonedUncertain'>;
  /** How often to look for some, in milliseconds. Default: each second. */
  readonly intervalMs?: number;
}

/** How many are looked up at the same time. The rest is taken in the next round, here or at another replica. */
const maxLooks = 10;

/**
 * Follows up revocations that a process has claimed without reporting the outcome, because it was killed or could not
 * reach the store. Any replica looks the sessions up, and publishes those that have ended with the cause of the claim.
 * Stops when disposed of.
 */
export class AbandonedRevocations implements AsyncDisposable {
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;

  constructor(private readonly options: AbandonedRevocationsOptions) {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    }, options.intervalMs ?? 1_000);
    this.#timer.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const abandoned = await this.options.claims.takeAbandoned(maxLooks);
      await Promise.all(abandoned.map((one) => this.#publishIfGone(one)));
    } catch (error) {
      this.options.telemetry.abandonedUncertain(error);
    }
  }

  async #publishIfGone({ ended, tenantId, cause, isLastLook }: AbandonedRevocation): Promise<void> {
    try {
      const { claims, recorder, sessionsOf, tenantOf } = this.options;
      if ((await sessionsOf(tenantId).findSession(ended.id)) !== null) {
        if (isLastLook) await claims.giveUpAbandoned(ended.id);
        return;
      }
      // A caller without a tenant has claimed it. Without the tenant of the application, guards that follow that tenant
      // would miss the end.
      const { applicationId } = ended;
      const tenant = tenantId ?? (applicationId === null ? null : await tenantOf(applicationId));
      await recorder.recordOwn(ended, tenant, cause);
    } catch (error) {
      // The store hands it out again.
      this.options.telemetry.abandonedUncertain(error);
    }
  }
}
