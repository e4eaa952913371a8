import pLimit from 'p-limit';
import type { AuditLog } from '../domain/audit.js';
import type { Application } from '../domain/directory.js';
import type { EndedSession, SessionEndReason } from '../domain/ended-session.js';
import {
  isUpstreamError,
  UpstreamContractError,
  type UpstreamError,
  UpstreamTimeoutError,
  UpstreamUnavailableError,
} from '../domain/errors.js';
import type { ApplicationId, SessionId, UserId } from '../domain/ids.js';
import type { Clock, SessionGateway, SessionListing } from '../domain/ports.js';
import type { Session } from '../domain/session.js';
import { describeEnded } from './describe-ended.js';
import type { OperationScope } from './operation-scope.js';
import type { SessionNews } from './session-news.js';

export interface EndSessionsPorts {
  readonly audit: AuditLog;
  /** Told of each session that has ended, as soon as it has. */
  readonly news: SessionNews;
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
  readonly revoked: readonly RevokedSession[];
  readonly alreadyEnded: readonly Session[];
  readonly failures: readonly SessionRevocationFailure[];
}

export interface RevokedSession {
  readonly session: Session;
  readonly ended: EndedSession;
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
  readonly scope: Pick<OperationScope, 'caller' | 'requestId' | 'tenantId'>;
  readonly gateway: SessionGateway;
  readonly cause: EndingCause;
  /** They tell how long access tokens live on. */
  readonly applications: Promise<ReadonlyMap<ApplicationId, Application>>;
  /** The instant on the clock of `performance.now()`, in milliseconds, after which nothing new begins. */
  readonly deadline: number;
}

export function beginEnding(
  ports: EndSessionsPorts,
  scope: Pick<OperationScope, 'caller' | 'requestId' | 'tenantId' | 'time'>,
  gateway: SessionGateway,
  { reason, comment }: EndingCause,
  applications: Ending['applications'],
): Ending {
  const deadline = Math.min(performance.now() + ports.endingBudgetMs, scope.time.deadline);
  return { ports, scope, gateway, cause: { reason, comment }, applications, deadline };
}

/** How many sessions one operation ends, or users it lists, at the same time. */
export const maxConcurrentEndings = 25;

/**
 * Ends sessions side by side. Each of them is tried whatever happens to the others, and what failed is returned, not
 * thrown. A revocation without an answer is not yet a failure: FusionAuth may have carried it out, and one more
 * listing tells. Each session is recorded and told of as soon as it is known what became of it.
 * @param replacementOf The session that stays in place of one that ends.
 */
export async function endSessions(
  sessions: readonly Session[],
  ending: Ending,
  replacementOf: ReplacementOf = noReplacement,
): Promise<EndingOutcome> {
  if (sessions.length === 0) return nothingEnded;
  const inTurn = pLimit(maxConcurrentEndings);
  const told: Promise<RevokedSession>[] = [];
  const settle = (attempt: Attempt) => {
    record(attempt, ending);
    if (attempt.outcome === 'revoked') told.push(tell(attempt.session, replacementOf(attempt.session), ending));
    return attempt;
  };

  const attempts = await Promise.all(
    sessions.map(async (session) => {
      const attempt = await inTurn(() => tryToEnd(session, replacementOf(session), ending));
      return isFailed(attempt) ? attempt : settle(attempt);
    }),
  );
  const gone = await goneAfterAll(attempts, ending);
  const settled = attempts.map((attempt) => (isFailed(attempt) ? settle(judge(attempt, gone)) : attempt));
  return {
    revoked: await Promise.all(told),
    alreadyEnded: settled.filter(({ outcome }) => outcome === 'alreadyEnded').map(({ session }) => session),
    failures: settled.filter(isFailed).map(({ session, outcome }) => failureOf(session.id, outcome)),
  };
}

export const nothingEnded: EndingOutcome = { revoked: [], alreadyEnded: [], failures: [] };

type ReplacementOf = (session: Session) => Session | null;

const noReplacement: ReplacementOf = () => null;

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

async function tryToEnd(session: Session, replacement: Session | null, ending: Ending): Promise<Attempt> {
  const { ports, gateway, cause, deadline } = ending;
  if (performance.now() >= deadline) return { session, outcome: new UpstreamTimeoutError(false) };
  const answered = ports.news.expect(session.id, {
    reason: cause.reason,
    replacedBySessionId: replacement?.id ?? null,
  });
  try {
    return { session, outcome: await gateway.revokeSession(session.id) };
  } catch (error) {
    // A defect of ours must not hide what became of the other sessions. Its cause is in the record of this one.
    const outcome = isUpstreamError(error) ? error : new UpstreamContractError('The call failed', { cause: error });
    return { session, outcome };
  } finally {
    answered();
  }
}

/** Never rejects: news that cannot be told must not hide a revocation. */
async function tell(session: Session, replacement: Session | null, ending: Ending): Promise<RevokedSession> {
  const { ports, scope, cause } = ending;
  const endedAt = ports.clock.now();
  const applications = await ending.applications;
  const ended = describeEnded(session, cause.reason, endedAt, replacement, applications);
  const { applicationId } = session;
  const application = applicationId === null ? undefined : applications.get(applicationId);
  try {
    await ports.news.tellOwn(ended, scope.tenantId ?? application?.tenantId ?? null);
  } catch (error) {
    ports.onSideFailure(error, scope.requestId);
  }
  return { session, ended };
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

/** What became of a session whose revocation was not answered, as far as can be told. */
function judge({ session, outcome: error }: FailedAttempt, gone: ReadonlySet<SessionId>): Attempt {
  if (!gone.has(session.id)) return { session, outcome: error };
  // Gone although nothing of ours can have done it: somebody else has.
  return { session, outcome: isUnanswered(error) && error.mayHaveBeenDone ? 'revoked' : 'alreadyEnded' };
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
