import pLimit from 'p-limit';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { TenantId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { unreachable } from '../../domain/unreachable.js';
import type { SessionNews } from './session-news.js';

export interface HearFusionAuthEventPorts {
  readonly news: SessionNews;
  /** The sessions of a tenant. */
  readonly sessionsOf: (tenantId: TenantId | null) => SessionGateway;
  /** The tenant this service is bound to; events of others are none of its business. Null for any. */
  readonly tenantId: TenantId | null;
  readonly onFailure: (error: unknown, event: FusionAuthEvent) => void;
}

type UserEvent = FusionAuthEvent & { readonly kind: 'userDeactivated' | 'userDeleted' | 'passwordChanged' };

/** Look-ups after a change of password: at the same time, and waiting. One more is reported as failed. */
const maxConcurrentLookups = 4;
const maxWaitingLookups = 1_000;

/**
 * Tells on what FusionAuth tells. It never waits for an answer of FusionAuth, which may be waiting for ours: with
 * webhook transactions a revocation, also one of our own, goes on only when its webhook has been answered.
 */
export class HearFusionAuthEvent {
  readonly #inTurn = pLimit(maxConcurrentLookups);

  constructor(private readonly ports: HearFusionAuthEventPorts) {}

  async execute(heard: FusionAuthEvent): Promise<void> {
    const { news, tenantId } = this.ports;
    if (tenantId !== null && heard.tenantId !== null && heard.tenantId !== tenantId) return;
    const event = { ...heard, tenantId: heard.tenantId ?? tenantId };
    const at = event.occurredAt;
    switch (event.kind) {
      case 'sessionRevoked':
        return news.tellHeard(event);
      case 'userRevoked':
      case 'applicationRevoked':
        return this.#tellOfEachApplication(event);
      case 'userDeactivated':
      case 'userDeleted':
        return news.tellMany(everywhere(event), { at, reason: 'ACCOUNT_DISABLED', lifetimeSeconds: null });
      case 'passwordChanged':
        return this.#lookUpLater(event);
      case 'sessionRefreshed':
        return news.tell('SESSION_REFRESHED', event);
      case 'userSignedIn':
        return news.tell('SESSION_STARTED', { ...event, sessionId: null });
      default:
        return unreachable(event);
    }
  }

  /**
   * FusionAuth names each application that had a session and how long access tokens live there. None is named when only
   * SSO sessions have ended, on which no access token depends.
   */
  async #tellOfEachApplication(
    event: FusionAuthEvent & { readonly kind: 'userRevoked' | 'applicationRevoked' },
  ): Promise<void> {
    const { occurredAt: at, tenantId, applicationId, accessTokenLifetimes } = event;
    const userId = event.kind === 'userRevoked' ? event.userId : null;
    const named = applicationId === null ? [...accessTokenLifetimes.keys()] : [applicationId];
    for (const id of named) {
      const lifetimeSeconds = accessTokenLifetimes.get(id) ?? null;
      await this.ports.news.tellMany({ tenantId, userId, applicationId: id }, { at, reason: 'OTHER', lifetimeSeconds });
    }
  }

  /**
   * Whether a change of password ends sessions is a setting of FusionAuth, and whether it tells of each is not
   * documented. When none of those from before lives any more, what they were issued must be refused.
   */
  #lookUpLater(event: UserEvent): void {
    if (this.#inTurn.pendingCount >= maxWaitingLookups) {
      this.ports.onFailure(new Error('Too many look-ups wait'), event);
      return;
    }
    this.#inTurn(async () => {
      if (await this.#livesOn(event)) return;
      const ending = { at: event.occurredAt, reason: 'CREDENTIAL_CHANGED', lifetimeSeconds: null } as const;
      await this.ports.news.tellMany(everywhere(event), ending);
    }).catch((error: unknown) => this.ports.onFailure(error, event));
  }

  async #livesOn({ tenantId, userId, occurredAt }: UserEvent): Promise<boolean> {
    const { sessions, truncated } = await this.ports.sessionsOf(tenantId).listSessions(userId);
    return truncated || sessions.some(({ createdAt }) => createdAt <= occurredAt);
  }
}

function everywhere({ tenantId, userId }: UserEvent) {
  return { tenantId, userId, applicationId: null };
}
