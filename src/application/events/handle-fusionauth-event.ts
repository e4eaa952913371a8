import pLimit from 'p-limit';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { TenantId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { DeliveryClaim, Published } from '../../domain/ports/session-log.js';
import type { SessionDevice } from '../../domain/session.js';
import { unreachable } from '../../domain/unreachable.js';
import type { ManyEndings, SessionEventRecorder } from './session-event-recorder.js';

interface HandleFusionAuthEventPorts {
  readonly recorder: SessionEventRecorder;
  /** The sessions of a tenant. */
  readonly sessionsOf: (tenantId: TenantId | null) => Pick<SessionGateway, 'listSessions'>;
  /** The tenant this service is bound to; events of others are ignored. Null for any. */
  readonly tenantId: TenantId | null;
  /** How long after it occurred an event can still be delivered again, in milliseconds. */
  readonly deliveryMaxAgeMs: number;
  readonly onFailure: (error: unknown, event: FusionAuthEvent) => void;
}

type UserEvent = FusionAuthEvent & { readonly kind: 'userDeactivated' | 'userDeleted' | 'passwordChanged' };

/**
 * How many look-ups after a change of password run at the same time, and how many wait. A further one is reported as
 * failed.
 */
const maxConcurrentLookups = 4;
const maxWaitingLookups = 1_000;

/**
 * Publishes the consequences of an event of FusionAuth for sessions. It never waits for an answer of FusionAuth, which
 * may be waiting for ours: with webhook transactions a revocation, even one of our own, completes only once its webhook
 * has been answered.
 */
export class HandleFusionAuthEvent {
  readonly #inTurn = pLimit(maxConcurrentLookups);

  constructor(private readonly ports: HandleFusionAuthEventPorts) {}

  /**
   * @returns `known` when a delivery of the event was handled before, by any replica.
   * @throws StoreUnavailableError when nothing could be published; handling the event again is safe.
   */
  async execute(reported: FusionAuthEvent): Promise<Published> {
    const { recorder, tenantId } = this.ports;
    if (tenantId !== null && reported.tenantId !== null && reported.tenantId !== tenantId) return 'known';
    const event = { ...reported, tenantId: reported.tenantId ?? tenantId };
    const delivery = this.#deliveryOf(event);
    switch (event.kind) {
      case 'sessionRevoked':
        return recorder.recordReported(event, delivery);
      case 'userRevoked':
      case 'applicationRevoked':
        return recorder.recordMany(inEachApplication(event), delivery);
      case 'userDeactivated':
      case 'userDeleted':
        return recorder.recordMany([everywhere(event, 'ACCOUNT_DISABLED')], delivery);
      case 'passwordChanged':
        this.#lookUpLater(event);
        return 'published';
      case 'sessionRefreshed':
        return recorder.recordActivity('SESSION_REFRESHED', event, delivery);
      case 'userSignedIn':
        return recorder.recordActivity(
          'SESSION_STARTED',
          { ...event, sessionId: null, device: deviceOf(event) },
          delivery,
        );
      case 'userRegistered':
        // Nothing is published, because no session may follow.
        return 'published';
      default:
        return unreachable(event);
    }
  }

  #deliveryOf({ id, occurredAt }: FusionAuthEvent): DeliveryClaim {
    return { id, expiresAt: occurredAt + this.ports.deliveryMaxAgeMs };
  }

  /**
   * A setting of FusionAuth decides whether a change of password ends sessions, and its documentation does not say
   * whether it reports each of them. When no earlier session lives any more, their access tokens must be refused.
   */
  #lookUpLater(event: UserEvent): void {
    if (this.#inTurn.pendingCount >= maxWaitingLookups) {
      this.ports.onFailure(new Error('Too many look-ups wait'), event);
      return;
    }
    this.#inTurn(async () => {
      if (await this.#livesOn(event)) return;
      await this.ports.recorder.recordMany([everywhere(event, 'CREDENTIAL_CHANGED')], this.#deliveryOf(event));
    }).catch((error: unknown) => this.ports.onFailure(error, event));
  }

  async #livesOn({ tenantId, userId, occurredAt }: UserEvent): Promise<boolean> {
    const { sessions, truncated } = await this.ports.sessionsOf(tenantId).listSessions(userId);
    return truncated || sessions.some(({ createdAt }) => createdAt <= occurredAt);
  }
}

/** FusionAuth reports only the type of the device of a sign-in. */
function deviceOf({ deviceType }: FusionAuthEvent & { readonly kind: 'userSignedIn' }): SessionDevice {
  return { name: null, description: null, type: deviceType };
}

/**
 * FusionAuth names each application that had a session, and the lifetime of its access tokens. It names none when only
 * SSO sessions have ended, on which no access token depends.
 */
function inEachApplication(
  event: FusionAuthEvent & { readonly kind: 'userRevoked' | 'applicationRevoked' },
): readonly ManyEndings[] {
  const { occurredAt: at, tenantId, applicationId, accessTokenLifetimes } = event;
  const userId = event.kind === 'userRevoked' ? event.userId : null;
  const named = applicationId === null ? [...accessTokenLifetimes.keys()] : [applicationId];
  return named.map((id) => ({
    about: { tenantId, userId, applicationId: id },
    at,
    reason: 'OTHER',
    lifetimeSeconds: accessTokenLifetimes.get(id) ?? null,
  }));
}

function everywhere({ tenantId, userId, occurredAt: at }: UserEvent, reason: ManyEndings['reason']): ManyEndings {
  return { about: { tenantId, userId, applicationId: null }, at, reason, lifetimeSeconds: null };
}
