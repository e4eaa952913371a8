import pLimit from 'p-limit';
import type { AuditLog } from '../domain/audit.js';
import type { SessionEndReason } from '../domain/ended-session.js';
import {
  isUpstreamError,
  UpstreamContractError,
  type UpstreamError,
  UpstreamTimeoutError,
  UpstreamUnavailableError,
} from '../domain/errors.js';
import type { SessionId, UserId } from '../domain/ids.js';
import type { Clock, SessionGateway, SessionListing } from '../domain/ports.js';
import type { Session } from '../domain/session.js';
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
  /** Told of what went wrong beside the answer, which tells callers less or nothing of it. */
  readonly onSideFailure: (error: unknown, requestId: string) => void;
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

/** On whose behalf sessions end, why, through what, and until when. */
export interface Ending {
  readonly ports: EndSessionsPorts;
  readonly scope: Pick<OperationScope, 'caller' | 'requestId'>;
  readonly gateway: SessionGateway;
  readonly cause: EndingCause;
  /** The instant on the clock of `performance.now()`, in milliseconds, after which nothing new begins. */
  readonly deadline: number;
}

export function beginEnding(
  ports: EndSessionsPorts,
  scope: Pick<OperationScope, 'caller' | 'requestId' | 'time'>,
  gateway: SessionGateway,
  cause: EndingCause,
): Ending {
  const deadline = Math.min(performance.now() + ports.endingBudgetMs, scope.time.deadline);
  return { ports, scope, gateway, cause, deadline };
}

/** How many sessions one operation ends, or users it lists, at the same time. */
export const maxConcurrentEndings = 25;

/**
 * Ends sessions side by side. Each of them is tried whatever happens to the others, and what failed is returned, not
 * thrown. A revocation without an answer is not yet a failure: FusionAuth may have carried it out, and one more
 * listing tells. Each session is recorded as soon as it is known what became of it.
 */
export async function endSessions(sessions: readonly Session[], ending: Ending): Promise<EndingOutcome> {
  if (sessions.length === 0) return nothingEnded;
  const inTurn = pLimit(maxConcurrentEndings);
  const attempts = await Promise.all(sessions.map((session) => inTurn(() => tryToEnd(session, ending))));
  const gone = await goneAfterAll(attempts, ending);
  const settled = attempts.map((attempt) => (isFailed(attempt) ? settle(attempt, gone, ending) : attempt));
  return {
    revoked: settled.filter(({ outcome }) => outcome === 'revoked').map(({ session }) => session),
    alreadyEnded: settled.filter(({ outcome }) => outcome === 'alreadyEnded').map(({ session }) => session),
    failures: settled.filter(isFailed).map(({ session, outcome }) => failureOf(session.id, outcome)),
  };
}

export const nothingEnded: EndingOutcome = { revoked: [], alreadyEnded: [], failures: [] };

interface Attempt {
  readonly session: Session;
  readonly outcome: 'revoked' | 'alreadyEnded' | UpstreamError;
}

interface FailedAttempt extends Attempt {
  readonly outcome: UpstreamError;
}

function isFailed(attempt: Attempt): attempt is FailedAttempt {
  return typeof attempt.outcome !== 'string';
}

async function tryToEnd(session: Session, ending: Ending): Promise<Attempt> {
  if (performance.now() >= ending.deadline) return { session, outcome: new UpstreamTimeoutError(false) };
  try {
    const outcome = await ending.gateway.revokeSession(session.id);
    record({ session, outcome }, ending);
    return { session, outcome };
  } catch (error) {
    // A defect of ours must not hide what became of the other sessions. Its cause is in the record of this one.
    const outcome = isUpstreamError(error) ? error : new UpstreamContractError('The call failed', { cause: error });
    return { session, outcome };
  }
}

/** The sessions among the failed attempts that are gone all the same, as far as lists can tell. */
async function goneAfterAll(attempts: readonly Attempt[], ending: Ending): Promise<ReadonlySet<SessionId>> {
  const unanswered = attempts.filter(({ outcome }) => isUnanswered(outcome)).map(({ session }) => session);
  const userIds = [...new Set(unanswered.map(({ userId }) => userId))];
  const inTurn = pLimit(maxConcurrentEndings);
  const listings = await Promise.all(userIds.map((userId) => inTurn(() => listingOrNull(userId, ending))));
  const listed = new Map(userIds.map((userId, index) => [userId, listings[index] ?? null]));
  const gone = unanswered.filter(({ id, userId }) => {
    const listing = listed.get(userId) ?? null;
    // Nothing follows from the absence of a session in a list that leaves some out.
    return listing !== null && !listing.truncated && !listing.sessions.some((session) => session.id === id);
  });
  return new Set(gone.map(({ id }) => id));
}

function settle({ session, outcome: error }: FailedAttempt, gone: ReadonlySet<SessionId>, ending: Ending): Attempt {
  // Gone although nothing of ours can have done it: somebody else has.
  const found = isUnanswered(error) && error.mayHaveBeenDone ? 'revoked' : 'alreadyEnded';
  const attempt: Attempt = { session, outcome: gone.has(session.id) ? found : error };
  record(attempt, ending);
  return attempt;
}

function record({ session, outcome }: Attempt, { ports, scope, cause }: Ending): void {
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

function isUnanswered(outcome: Attempt['outcome']): outcome is UpstreamTimeoutError | UpstreamUnavailableError {
  return outcome instanceof UpstreamTimeoutError || outcome instanceof UpstreamUnavailableError;
}

async function listingOrNull(
  userId: UserId,
  { ports, scope, gateway, deadline }: Ending,
): Promise<SessionListing | null> {
  if (performance.now() >= deadline) return null;
  try {
    return await gateway.listSessions(userId);
  } catch (error) {
    ports.onSideFailure(error, scope.requestId);
    return null;
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
