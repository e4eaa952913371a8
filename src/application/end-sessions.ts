import pLimit from 'p-limit';
import type { AuditLog } from '../domain/audit.js';
import type { Application } from '../domain/directory.js';
import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../domain/ended-session.js';
import {
  isUpstreamError,
  type UpstreamError,
  UpstreamTimeoutError,
  UpstreamUnavailableError,
} from '../domain/errors.js';
import type { ApplicationId, SessionId, UserId } from '../domain/ids.js';
import type { Clock, Directory, SessionGateway, SessionListing } from '../domain/ports.js';
import type { Instant, Session } from '../domain/session.js';
import type { OperationScope } from './operation-scope.js';

export interface EndSessionsPorts {
  readonly audit: AuditLog;
  readonly clock: Clock;
  /**
   * After this time, in milliseconds, or at the deadline of the operation if that is earlier, revocations that have not
   * begun are reported as failed instead of tried.
   */
  readonly endingBudgetMs: number;
  /** How recent the sign-in of a user must be who ends sessions of their own, in seconds; null when it may be any. */
  readonly recentSignInSeconds: number | null;
}

/** Why sessions end, for the callers and the record. */
export interface EndingCause {
  readonly reason: SessionEndReason;
  readonly comment: string | null;
}

/** What became of the sessions of a plan. Each is in exactly one list. */
export interface EndingOutcome {
  readonly revoked: readonly Session[];
  readonly alreadyEnded: readonly Session[];
  readonly failures: readonly SessionRevocationFailure[];
}

export interface SessionRevocationFailure {
  readonly sessionId: SessionId;
  readonly code: 'UPSTREAM_TIMEOUT' | 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_REJECTED';
  readonly message: string;
  /** True when the same call may succeed later. */
  readonly retryable: boolean;
}

/** How many sessions one operation ends at the same time. */
const maxConcurrentRevocations = 16;

/**
 * Ends sessions side by side. Each of them is tried whatever happens to the others, and what failed is returned, not
 * thrown. A revocation without an answer is not yet a failure: FusionAuth may have carried it out, and one more
 * listing tells.
 */
export async function endSessions(
  ports: EndSessionsPorts,
  scope: Pick<OperationScope, 'caller' | 'requestId' | 'time'>,
  gateway: SessionGateway,
  sessions: readonly Session[],
  cause: EndingCause,
): Promise<EndingOutcome> {
  if (sessions.length === 0) return { revoked: [], alreadyEnded: [], failures: [] };
  const inTurn = pLimit(maxConcurrentRevocations);
  const deadline = Math.min(performance.now() + ports.endingBudgetMs, scope.time.deadline);
  const attempts = await Promise.all(sessions.map((session) => inTurn(() => tryToEnd(gateway, session, deadline))));
  const settled = await recheck(gateway, attempts);

  for (const { session, outcome } of settled) {
    ports.audit.record({
      at: ports.clock.now(),
      requestId: scope.requestId,
      actor: scope.caller.name,
      actorKind: scope.caller.kind,
      userId: session.userId,
      sessionId: session.id,
      applicationId: session.applicationId,
      reason: cause.reason,
      comment: cause.comment,
      outcome: typeof outcome === 'string' ? outcome : 'failed',
      cause: typeof outcome === 'string' ? null : outcome,
    });
  }
  return {
    revoked: settled.filter(({ outcome }) => outcome === 'revoked').map(({ session }) => session),
    alreadyEnded: settled.filter(({ outcome }) => outcome === 'alreadyEnded').map(({ session }) => session),
    failures: settled.flatMap(({ session, outcome }) =>
      typeof outcome === 'string' ? [] : failureOf(session.id, outcome),
    ),
  };
}

/** Describes an ended session for callers. */
export function describeEnded(
  session: Session,
  cause: EndingCause,
  endedAt: Instant,
  replacement: Session | null,
  applications: ReadonlyMap<ApplicationId, Application>,
): EndedSession {
  const lifetimeSeconds =
    session.applicationId === null ? null : applications.get(session.applicationId)?.accessTokenLifetimeSeconds;
  return {
    id: session.id,
    userId: session.userId,
    applicationId: session.applicationId,
    endedAt,
    reason: cause.reason,
    initiatingEntity: initiatingEntityOf(cause.reason),
    replacedBySessionId: replacement?.id ?? null,
    accessTokensExpireBy: lifetimeSeconds == null ? null : endedAt + lifetimeSeconds * 1_000,
  };
}

/** Applications, or none when they cannot be read: they only tell how long access tokens live on. */
export async function applicationsOrNone(directory: Directory): Promise<ReadonlyMap<ApplicationId, Application>> {
  try {
    return await directory.listApplications();
  } catch (error) {
    if (isUpstreamError(error)) return new Map();
    throw error;
  }
}

interface Attempt {
  readonly session: Session;
  readonly outcome: 'revoked' | 'alreadyEnded' | UpstreamError;
}

async function tryToEnd(gateway: SessionGateway, session: Session, deadline: number): Promise<Attempt> {
  if (performance.now() >= deadline) return { session, outcome: new UpstreamTimeoutError() };
  try {
    return { session, outcome: await gateway.revokeSession(session.id) };
  } catch (error) {
    if (!isUpstreamError(error)) throw error;
    return { session, outcome: error };
  }
}

/** Counts as revoked what went unanswered and is gone all the same. */
async function recheck(gateway: SessionGateway, attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
  const unanswered = attempts.filter(({ outcome }) => isUnanswered(outcome));
  const userIds = new Set(unanswered.map(({ session }) => session.userId));
  const live = new Set<SessionId>();
  const checked = new Set<UserId>();
  for (const userId of userIds) {
    const listing = await listingOrNull(gateway, userId);
    // Nothing follows from the absence of a session in a list that leaves some out.
    if (listing === null || listing.truncated) continue;
    checked.add(userId);
    for (const { id } of listing.sessions) live.add(id);
  }
  return attempts.map((attempt) => {
    const { session, outcome } = attempt;
    const isGone = isUnanswered(outcome) && checked.has(session.userId) && !live.has(session.id);
    return isGone ? { session, outcome: 'revoked' } : attempt;
  });
}

function isUnanswered(outcome: Attempt['outcome']): boolean {
  return outcome instanceof UpstreamTimeoutError || outcome instanceof UpstreamUnavailableError;
}

async function listingOrNull(gateway: SessionGateway, userId: UserId): Promise<SessionListing | null> {
  try {
    return await gateway.listSessions(userId);
  } catch (error) {
    if (isUpstreamError(error)) return null;
    throw error;
  }
}

/** What callers are told of a session that could not be ended. */
export function failureOf(sessionId: SessionId, error: UpstreamError): SessionRevocationFailure {
  return {
    sessionId,
    code: error.code === 'UPSTREAM_CONTRACT' ? 'UPSTREAM_REJECTED' : error.code,
    message: error.message,
    retryable: isUnanswered(error),
  };
}
