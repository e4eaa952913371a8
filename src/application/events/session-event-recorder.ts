import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../../domain/ended-session.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { TenantId } from '../../domain/ids.js';
import type { OwnRevocations } from '../../domain/ports/own-revocations.js';
import type { DeliveryClaim, LogEntry, SessionLog } from '../../domain/ports/session-log.js';
import type { Revocation } from '../../domain/revocation.js';
import type { Instant } from '../../domain/session.js';
import type { SessionEventType, Subject } from '../../domain/session-event.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';

export interface SessionEventRecorderPorts {
  readonly log: SessionLog;
  readonly ownRevocations: OwnRevocations;
  readonly telemetry: Pick<UseCaseTelemetry, 'endingReported'>;
  /** How long access tokens live at most where FusionAuth does not say, in milliseconds. */
  readonly maxAccessTokenLifetimeMs: number;
}

export type Recorded = 'published' | 'known';

/**
 * Publishes what has happened to sessions, once, whoever ended them and however often FusionAuth reports it. Each
 * method rejects with a StoreUnavailableError when nothing could be published.
 */
export class SessionEventRecorder {
  constructor(private readonly ports: SessionEventRecorderPorts) {}

  /** This service has ended a session, or found it ended. */
  async recordOwn(ended: EndedSession, tenantId: TenantId | null): Promise<Recorded> {
    return this.ports.log.publish({ entries: [this.#endOf(ended, tenantId)], delivery: null });
  }

  /** FusionAuth reports that a session was revoked, by this service or by somebody else. */
  async recordReported(
    event: FusionAuthEvent & { readonly kind: 'sessionRevoked' },
    delivery: DeliveryClaim,
  ): Promise<Recorded> {
    const { sessionId, userId, applicationId, occurredAt, tenantId, accessTokenLifetimes } = event;
    const own = await this.ports.ownRevocations.find(sessionId);
    const { reason, replacedBySessionId } = own ?? somebodyElses;
    const lifetimeSeconds = applicationId === null ? null : (accessTokenLifetimes.get(applicationId) ?? null);
    const accessTokensExpireBy = lifetimeSeconds === null ? null : occurredAt + lifetimeSeconds * 1_000;
    const ended: EndedSession = {
      id: sessionId,
      userId,
      applicationId,
      endedAt: occurredAt,
      reason,
      initiatingEntity: initiatingEntityOf(reason),
      replacedBySessionId,
      accessTokensExpireBy,
    };
    const recorded = await this.ports.log.publish({ entries: [this.#endOf(ended, tenantId)], delivery });
    if (recorded === 'published' && own === null) this.ports.telemetry.endingReported({ reason, extent: 'one' });
    return recorded;
  }

  /** Sessions have ended of which only the user or the application are known. */
  async recordMany(endings: readonly ManyEndings[], delivery: DeliveryClaim): Promise<Recorded> {
    const entries = endings.map((ending) => this.#endOfMany(ending));
    const recorded = await this.ports.log.publish({ entries, delivery });
    if (recorded === 'published') {
      for (const { reason } of endings) this.ports.telemetry.endingReported({ reason, extent: 'many' });
    }
    return recorded;
  }

  /** Something has happened that ended no session. @param delivery Null for what this service did itself. */
  async recordActivity(
    type: Exclude<SessionEventType, 'SESSION_REVOKED'>,
    { tenantId, userId, applicationId, sessionId, occurredAt }: Subject & { readonly occurredAt: Instant },
    delivery: DeliveryClaim | null,
  ): Promise<Recorded> {
    const about = { tenantId, userId, applicationId, sessionId, occurredAt };
    const event = { type, ...about, reason: null, initiatingEntity: null };
    return this.ports.log.publish({ entries: [{ event, revocation: null, ending: null }], delivery });
  }

  #endOf(ended: EndedSession, tenantId: TenantId | null): LogEntry {
    const { id: sessionId, userId, applicationId, endedAt, reason, accessTokensExpireBy } = ended;
    const tokensExpireBy = accessTokensExpireBy ?? endedAt + this.ports.maxAccessTokenLifetimeMs;
    const revocation: Revocation | null =
      applicationId === null
        ? null
        : { sessionId, userId, applicationId, issuedBefore: endedAt, expiresAt: tokensExpireBy };
    const event = revokedEvent({ tenantId, userId, applicationId, sessionId }, reason, endedAt);
    return { event, revocation, ending: { ended, tokensExpireBy } };
  }

  #endOfMany({ about: { tenantId, userId, applicationId }, at, reason, lifetimeSeconds }: ManyEndings): LogEntry {
    const lifetimeMs = lifetimeSeconds === null ? this.ports.maxAccessTokenLifetimeMs : lifetimeSeconds * 1_000;
    const revocation = { sessionId: null, userId, applicationId, issuedBefore: at, expiresAt: at + lifetimeMs };
    const event = revokedEvent({ tenantId, userId, applicationId, sessionId: null }, reason, at);
    return { event, revocation, ending: null };
  }
}

/** Every session of a user, of an application, or of a user in an application. */
export interface ManyEndings {
  readonly about: Omit<Subject, 'sessionId'>;
  readonly at: Instant;
  readonly reason: SessionEndReason;
  /** How long access tokens live there; null when it is not known. */
  readonly lifetimeSeconds: number | null;
}

const somebodyElses = { reason: 'OTHER', replacedBySessionId: null } as const;

function revokedEvent(subject: Subject, reason: SessionEndReason, occurredAt: Instant): LogEntry['event'] {
  const initiatingEntity = initiatingEntityOf(reason);
  return { ...subject, type: 'SESSION_REVOKED', reason, initiatingEntity, occurredAt };
}
