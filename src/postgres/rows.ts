import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../domain/ended-session.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../domain/ids.js';
import type { PolicyRuleReference } from '../domain/policy/policy.js';
import type { RememberedEnding } from '../domain/ports/revocation-memory.js';
import type { AbandonedRevocation } from '../domain/ports/session-claims.js';
import type { HistoryEntry, HistoryOutcome } from '../domain/ports/session-history.js';
import type { LogEntry } from '../domain/ports/session-log.js';
import type { Actor, RevocationCause } from '../domain/revocation-cause.js';
import type { Instant, SessionDevice } from '../domain/session.js';
import type { PolicyNote, SessionEvent, SessionEventType } from '../domain/session-event.js';

/** A row of the table `event`. Ids and reasons were checked before they were written. */
export interface EventRow {
  readonly position: string;
  readonly type: SessionEventType;
  readonly tenant_id: TenantId | null;
  readonly user_id: UserId | null;
  readonly application_id: ApplicationId | null;
  readonly session_id: SessionId | null;
  readonly reason: SessionEndReason | null;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly issued_before: Date | null;
  readonly refuse_until: Date | null;
  readonly policy: PolicyNote | null;
  readonly device: SessionDevice | null;
}

interface ActorColumns {
  readonly reason: SessionEndReason;
  readonly actor_kind: Actor['kind'] | null;
  readonly actor_user_id: UserId | null;
  readonly actor_name: string | null;
  readonly comment: string | null;
  readonly request_id: string | null;
  readonly policy: PolicyNote | null;
}

export interface EndingRow extends ActorColumns {
  readonly session_id: SessionId;
  readonly user_id: UserId;
  readonly application_id: ApplicationId | null;
  readonly tenant_id: TenantId | null;
  readonly ended_at: Date;
  readonly replaced_by_session_id: SessionId | null;
  readonly access_tokens_expire_by: Date | null;
}

export interface ClaimRow extends ActorColumns {
  readonly session_id: SessionId;
  readonly user_id: UserId;
  readonly application_id: ApplicationId | null;
  readonly tenant_id: TenantId | null;
  readonly replaced_by_session_id: SessionId | null;
}

export interface HistoryRow extends ClaimRow {
  readonly history_number: string;
  readonly outcome: HistoryOutcome;
  readonly ended_at: Date | null;
  readonly recorded_at: Date;
  readonly device: SessionDevice | null;
}

export const eventColumns =
  'position, type, tenant_id, user_id, application_id, session_id, reason, occurred_at, recorded_at, issued_before, refuse_until, policy, device';

export function eventOf(row: EventRow, id: string): SessionEvent {
  const { reason } = row;
  const about = { userId: row.user_id, applicationId: row.application_id, sessionId: row.session_id };
  const revocation =
    row.issued_before === null || row.refuse_until === null
      ? null
      : { ...about, id, issuedBefore: row.issued_before.getTime(), expiresAt: row.refuse_until.getTime() };
  return {
    ...about,
    id,
    type: row.type,
    tenantId: row.tenant_id,
    reason,
    initiatingEntity: reason === null ? null : initiatingEntityOf(reason),
    occurredAt: row.occurred_at.getTime(),
    revocation,
    ...(row.policy && { policy: row.policy }),
    ...(row.device && { device: row.device }),
  };
}

export function endingOf(row: EndingRow): RememberedEnding {
  const ended = {
    ...endedOf(row, row.ended_at.getTime()),
    accessTokensExpireBy: row.access_tokens_expire_by?.getTime() ?? null,
  };
  return { ended, tenantId: row.tenant_id, cause: causeOf(row) };
}

export function historyEntryOf(row: HistoryRow, id: string): HistoryEntry {
  return {
    id,
    recordedAt: row.recorded_at.getTime(),
    outcome: row.outcome,
    sessionId: row.session_id,
    userId: row.user_id,
    applicationId: row.application_id,
    tenantId: row.tenant_id,
    reason: row.reason,
    endedAt: row.ended_at?.getTime() ?? null,
    replacedBySessionId: row.replaced_by_session_id,
    cause: causeOf(row),
    ...ruleOf(row),
    ...(row.device && { device: row.device }),
  };
}

/**
 * @param endedAt The assumed instant of the end. The lifetime of its access tokens is not known. @returns null for a
 * broken row.
 */
export function abandonedOf(row: ClaimRow, endedAt: Instant, isLastLook: boolean): AbandonedRevocation | null {
  const cause = causeOf(row);
  const ended = { ...endedOf(row, endedAt), accessTokensExpireBy: null };
  return cause && { ended, tenantId: row.tenant_id, cause, isLastLook };
}

function endedOf(row: ClaimRow, endedAt: Instant): Omit<EndedSession, 'accessTokensExpireBy'> {
  return {
    id: row.session_id,
    userId: row.user_id,
    applicationId: row.application_id,
    endedAt,
    reason: row.reason,
    initiatingEntity: initiatingEntityOf(row.reason),
    replacedBySessionId: row.replaced_by_session_id,
    ...ruleOf(row),
  };
}

function ruleOf({ policy }: ActorColumns): { readonly policyRule?: PolicyRuleReference } {
  return policy === null ? {} : { policyRule: policy.rule };
}

function causeOf(row: ActorColumns): RevocationCause | null {
  const { reason, actor_kind: kind, actor_user_id: userId, actor_name: name, comment, request_id: requestId } = row;
  if (kind === null || name === null || requestId === null) return null;
  return { reason, actor: { kind, userId, name }, comment, requestId };
}

/** The members of a cause, as statements take them. */
export function causeColumns(cause: RevocationCause | null) {
  return {
    actorKind: cause?.actor.kind ?? null,
    actorUserId: cause?.actor.userId ?? null,
    actorName: cause?.actor.name ?? null,
    comment: cause?.comment ?? null,
    requestId: cause?.requestId ?? null,
  };
}

/** An entry as `publish_1` takes it. */
export function entryColumns({ event, refusal, ending }: LogEntry, ordinal: number, delivery: string | null) {
  const { type, tenantId, userId, applicationId, sessionId, reason, occurredAt, policy = null, device = null } = event;
  return {
    ordinal,
    delivery,
    type,
    tenantId,
    userId,
    applicationId,
    sessionId,
    reason,
    occurredAt: textOf(occurredAt),
    issuedBefore: refusal && textOf(refusal.issuedBefore),
    refuseUntil: refusal && textOf(refusal.expiresAt),
    isEnding: ending !== null,
    endedAt: ending && textOf(ending.ended.endedAt),
    replacedBySessionId: ending?.ended.replacedBySessionId ?? null,
    accessTokensExpireBy: ending?.ended.accessTokensExpireBy == null ? null : textOf(ending.ended.accessTokensExpireBy),
    tokensExpireBy: ending && textOf(ending.tokensExpireBy),
    outcome: ending?.outcome ?? null,
    policy,
    device,
    isReported: ending !== null && ending.cause === null,
    ...causeColumns(ending?.cause ?? null),
  };
}

export function textOf(instant: Instant): string {
  return new Date(instant).toISOString();
}
