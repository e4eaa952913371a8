import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../../domain/ended-session.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { SessionId, TenantId } from '../../domain/ids.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import type { SessionEventFeed } from '../../domain/ports/session-event-feed.js';
import type { Revocation } from '../../domain/revocation.js';
import type { Instant } from '../../domain/session.js';
import type { SessionEventType, Subject } from '../../domain/session-event.js';

export interface SessionNewsPorts {
  readonly memory: RevocationMemory;
  readonly feed: SessionEventFeed;
  /** How long access tokens live at most where FusionAuth does not say, in milliseconds. */
  readonly maxAccessTokenLifetimeMs: number;
}

/** Why a session is about to end by our doing. */
export interface OwnEnding {
  readonly reason: SessionEndReason;
  readonly replacedBySessionId: SessionId | null;
}

/**
 * Tells what has happened to sessions, and remembers which have ended: each once, whoever ended it and however often it
 * is heard of.
 */
export class SessionNews {
  readonly #expected = new Map<SessionId, OwnEnding>();
  readonly #telling = new Map<SessionId, Promise<void>>();

  constructor(private readonly ports: SessionNewsPorts) {}

  /**
   * Says that we are about to revoke a session. FusionAuth may tell of it before it answers us, and that is then taken
   * for ours, with our reason.
   * @returns a function to call when it is known what came of the revocation, and told.
   */
  expect(id: SessionId, own: OwnEnding): () => void {
    if (this.#expected.has(id)) return () => undefined;
    this.#expected.set(id, own);
    return () => void this.#expected.delete(id);
  }

  /** A session has ended by our doing. */
  async tellOwn(ended: EndedSession, tenantId: TenantId | null): Promise<void> {
    await this.#tellEnded(ended, tenantId);
  }

  /** FusionAuth says that a session was revoked, by us or by somebody else. */
  async tellHeard(event: FusionAuthEvent & { readonly kind: 'sessionRevoked' }): Promise<void> {
    const { sessionId, userId, applicationId, occurredAt, tenantId, accessTokenLifetimes } = event;
    const { reason, replacedBySessionId } = this.#expected.get(sessionId) ?? somebodyElses;
    const lifetimeSeconds = applicationId === null ? null : (accessTokenLifetimes.get(applicationId) ?? null);
    const accessTokensExpireBy = lifetimeSeconds === null ? null : occurredAt + lifetimeSeconds * 1_000;
    const initiatingEntity = initiatingEntityOf(reason);
    await this.#tellEnded(
      {
        id: sessionId,
        userId,
        applicationId,
        endedAt: occurredAt,
        reason,
        initiatingEntity,
        replacedBySessionId,
        accessTokensExpireBy,
      },
      tenantId,
    );
  }

  /** Sessions have ended of which only the users or the application are known. */
  async tellMany(
    { userId, applicationId, tenantId }: Omit<Subject, 'sessionId'>,
    { at, reason, lifetimeSeconds }: ManyEndings,
  ): Promise<void> {
    const lifetimeMs = lifetimeSeconds === null ? this.ports.maxAccessTokenLifetimeMs : lifetimeSeconds * 1_000;
    const revocation = { sessionId: null, userId, applicationId, issuedBefore: at, expiresAt: at + lifetimeMs };
    await this.#publish({ userId, applicationId, tenantId, sessionId: null }, reason, at, revocation);
  }

  /** Something has happened that ended no session. */
  async tell(
    type: Exclude<SessionEventType, 'SESSION_REVOKED'>,
    { tenantId, userId, applicationId, sessionId, occurredAt }: Subject & { readonly occurredAt: Instant },
  ): Promise<void> {
    const nothingEnded = { reason: null, initiatingEntity: null, revocation: null };
    await this.ports.feed.publish({ type, tenantId, userId, applicationId, sessionId, occurredAt, ...nothingEnded });
  }

  /** One at a time for each session: we may have ended it and be hearing of it at the same moment. */
  #tellEnded(ended: EndedSession, tenantId: TenantId | null): Promise<void> {
    const underWay = this.#telling.get(ended.id);
    if (underWay !== undefined) return underWay;
    const telling = this.#tellOnce(ended, tenantId).finally(() => this.#telling.delete(ended.id));
    this.#telling.set(ended.id, telling);
    return telling;
  }

  async #tellOnce(ended: EndedSession, tenantId: TenantId | null): Promise<void> {
    const { memory } = this.ports;
    const { id: sessionId, userId, applicationId, endedAt, reason } = ended;
    const known = await memory.findEnded(sessionId);
    if (known !== null && this.#tokensExpireBy(known.ended) >= endedAt) return;
    const revocation: Revocation | null =
      applicationId === null
        ? null
        : { sessionId, userId, applicationId, issuedBefore: endedAt, expiresAt: this.#tokensExpireBy(ended) };
    await this.#publish({ tenantId, userId, applicationId, sessionId }, reason, endedAt, revocation);
    // Last, so that it is told again when telling has failed.
    await memory.rememberEnded(ended, tenantId);
  }

  #tokensExpireBy({ endedAt, accessTokensExpireBy }: EndedSession): Instant {
    return accessTokensExpireBy ?? endedAt + this.ports.maxAccessTokenLifetimeMs;
  }

  /** Remembered first: who hears of it and asks then must find it. */
  async #publish(subject: Subject, reason: SessionEndReason, occurredAt: Instant, revocation: Revocation | null) {
    const { memory, feed } = this.ports;
    const recorded = revocation === null ? null : await memory.remember(revocation, subject.tenantId);
    const initiatingEntity = initiatingEntityOf(reason);
    await feed.publish({
      ...subject,
      type: 'SESSION_REVOKED',
      reason,
      initiatingEntity,
      occurredAt,
      revocation: recorded,
    });
  }
}

export interface ManyEndings {
  readonly at: Instant;
  readonly reason: SessionEndReason;
  /** Null when it is not known. */
  readonly lifetimeSeconds: number | null;
}

const somebodyElses: OwnEnding = { reason: 'OTHER', replacedBySessionId: null };
