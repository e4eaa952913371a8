import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../../domain/ended-session.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { TenantId } from '../../domain/ids.js';
import type { RecordedOutcome } from '../../domain/ports/session-history.js';
import type { DeliveryClaim, LogEntry, Published, SessionLog } from '../../domain/ports/session-log.js';
import { recordedDevice } from '../../domain/recorded-device.js';
import type { RevocationCause } from '../../domain/revocation-cause.js';
import type { Instant, SessionDevice } from '../../domain/session.js';
import {
  type ConcernedParty,
  type PolicyNote,
  policyNoteOf,
  type SessionEventType,
} from '../../domain/session-event.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';

interface SessionEventRecorderPorts {
  readonly log: SessionLog;
  readonly telemetry: Pick<UseCaseTelemetry, 'endingReported'>;
  /** How long access tokens live at most where FusionAuth does not say, in milliseconds. */
  readonly maxAccessTokenLifetimeMs: number;
}

/**
 * Publishes each event of sessions once, however often FusionAuth reports it. Each method rejects with a
 * StoreUnavailableError when nothing could be published.
 */
export class SessionEventRecorder {
  constructor(private readonly ports: SessionEventRecorderPorts) {}

  /** This service has ended a session, or found it ended. */
  async recordOwn(
    ended: EndedSession,
    tenantId: TenantId | null,
    cause: RevocationCause,
    outcome: RecordedOutcome = 'revoked',
  ): Promise<Published> {
    return this.ports.log.publish({ entries: [this.#endOf(ended, tenantId, cause, outcome)], delivery: null });
  }

  /** FusionAuth reports that a session was revoked. The log attributes it to this service or to somebody else. */
  async recordReported(
    event: FusionAuthEvent & { readonly kind: 'sessionRevoked' },
    delivery: DeliveryClaim,
  ): Promise<Published> {
    const { sessionId, userId, applicationId, occurredAt, tenantId, accessTokenLifetimes } = event;
    const lifetimeSeconds = applicationId === null ? null : (accessTokenLifetimes.get(applicationId) ?? null);
    const accessTokensExpireBy = lifetimeSeconds === null ? null : occurredAt + lifetimeSeconds * 1_000;
    const ended: EndedSession = {
      id: sessionId,
      userId,
      applicationId,
      endedAt: occurredAt,
      reason: 'OTHER',
      initiatingEntity: initiatingEntityOf('OTHER'),
      replacedBySessionId: null,
      accessTokensExpireBy,
      device: recordedDevice(event.device),
    };
    const published = await this.ports.log.publish({
      entries: [this.#endOf(ended, tenantId, null, 'revoked')],
      delivery,
    });
    if (published === 'published') this.ports.telemetry.endingReported({ reason: ended.reason, extent: 'one' });
    return published;
  }

  /** Sessions have ended, and only their user or application is known. */
  async recordMany(endings: readonly ManyEndings[], delivery: DeliveryClaim): Promise<Published> {
    const entries = endings.map((ending) => this.#endOfMany(ending));
    const published = await this.ports.log.publish({ entries, delivery });
    if (published === 'published') {
      for (const { reason } of endings) this.ports.telemetry.endingReported({ reason, extent: 'many' });
    }
    return published;
  }

  /** Publishes an event that ended no session. @param delivery Null for an act of this service itself. */
  async recordActivity(
    type: Exclude<SessionEventType, 'SESSION_REVOKED'>,
    { tenantId, userId, applicationId, sessionId, occurredAt, device }: Activity,
    delivery: DeliveryClaim | null,
    policy?: PolicyNote,
  ): Promise<Published> {
    const about = { tenantId, userId, applicationId, sessionId, occurredAt, device: recordedDevice(device) };
    const event = { type, ...about, reason: null, initiatingEntity: null, ...(policy && { policy }) };
    return this.ports.log.publish({ entries: [{ event, refusal: null, ending: null }], delivery });
  }

  #endOf(
    ended: EndedSession,
    tenantId: TenantId | null,
    cause: RevocationCause | null,
    outcome: RecordedOutcome,
  ): LogEntry {
    const { id: sessionId, userId, applicationId, endedAt, reason, accessTokensExpireBy } = ended;
    const tokensExpireBy = accessTokensExpireBy ?? endedAt + this.ports.maxAccessTokenLifetimeMs;
    const refusal = applicationId === null ? null : { issuedBefore: endedAt, expiresAt: tokensExpireBy };
    const device = recordedDevice(ended.device);
    const revoked = { ...revokedEvent({ tenantId, userId, applicationId, sessionId }, reason, endedAt), device };
    const event = ended.policyRule === undefined ? revoked : { ...revoked, ...policyNoteOf(ended.policyRule) };
    return { event, refusal, ending: { ended, outcome, tokensExpireBy, cause } };
  }

  #endOfMany({ about: { tenantId, userId, applicationId }, at, reason, lifetimeSeconds }: ManyEndings): LogEntry {
    const lifetimeMs = lifetimeSeconds === null ? this.ports.maxAccessTokenLifetimeMs : lifetimeSeconds * 1_000;
    const event = revokedEvent({ tenantId, userId, applicationId, sessionId: null }, reason, at);
    return { event, refusal: { issuedBefore: at, expiresAt: at + lifetimeMs }, ending: null };
  }
}

/** An event that ended no session. */
interface Activity extends ConcernedParty {
  readonly occurredAt: Instant;
  /** Left out when it is not known. */
  readonly device?: SessionDevice;
}

/** Every session of a user, of an application, or of a user in an application. */
export interface ManyEndings {
  readonly about: Omit<ConcernedParty, 'sessionId'>;
  readonly at: Instant;
  readonly reason: SessionEndReason;
  /** How long access tokens live there; null when it is not known. */
  readonly lifetimeSeconds: number | null;
}

function revokedEvent(
  { tenantId, userId, applicationId, sessionId }: ConcernedParty,
  reason: SessionEndReason,
  occurredAt: Instant,
): LogEntry['event'] {
  const initiatingEntity = initiatingEntityOf(reason);
  return {
    tenantId,
    userId,
    applicationId,
    sessionId,
    type: 'SESSION_REVOKED',
    reason,
    initiatingEntity,
    occurredAt,
  };
}
