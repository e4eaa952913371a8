import pLimit from 'p-limit';
import type { AuditLog } from '../../domain/audit.js';
import type { Application } from '../../domain/directory.js';
import type { EndedSession, SessionEndReason } from '../../domain/ended-session.js';
import {
  isUpstreamError,
  UpstreamContractError,
  type UpstreamError,
  UpstreamTimeoutError,
} from '../../domain/errors.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { SessionFate, SessionView } from '../../domain/ports/session-claims.js';
import type { SessionGateway, SessionListing } from '../../domain/ports/session-gateway.js';
import { actorOf, type RevocationCause } from '../../domain/revocation-cause.js';
import type { Session } from '../../domain/session.js';
import type { SessionEventRecorder } from '../events/session-event-recorder.js';
import type { UncertainRevocations } from '../events/uncertain-revocations.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { type SessionWarning, warnings } from '../operation/results.js';
import { describeEnded } from './describe-ended.js';
import { failureOf, isUnanswered, type SessionRevocationFailure } from './revocation-failure.js';

export interface EndSessionsPorts {
  readonly audit: AuditLog;
  /** Publishes each session that has ended, as soon as it has. */
  readonly recorder: Pick<SessionEventRecorder, 'recordOwn' | 'recordActivity'>;
  /** Follows up what may have ended although no answer says so, and what could not be published. */
  readonly uncertain: Pick<UncertainRevocations, 'followUp'>;
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

/** The same with on whose behalf, for the record. */
export function causeOf(
  { caller, requestId }: Pick<OperationScope, 'caller' | 'requestId'>,
  { reason, comment }: EndingCause,
): RevocationCause {
  return { reason, comment, actor: actorOf(caller), requestId };
}

/** What became of the sessions of a plan. Each is in exactly one list. */
export interface EndingOutcome {
  readonly revoked: readonly RevokedSession[];
  readonly alreadyEnded: readonly Session[];
  readonly failures: readonly SessionRevocationFailure[];
  /** What goes with these endings and is not done yet: their audit records, or their publication. */
  readonly unfinished: readonly SessionWarning[];
}

export interface RevokedSession {
  readonly session: Session;
  readonly ended: EndedSession;
}

/** On whose behalf sessions end, why, through what, and until when. */
export interface Ending {
  readonly ports: EndSessionsPorts;
  readonly scope: Pick<OperationScope, 'caller' | 'requestId' | 'tenantId'>;
  readonly gateway: SessionGateway;
  readonly cause: EndingCause;
  /** Where the endings were claimed; it learns what became of each, once that has been published. */
  readonly claims: Pick<SessionView, 'settle'>;
  /** They tell how long access tokens live on. */
  readonly applications: Promise<Applications>;
  /** As many of them as are known at the moment. */
  readonly known: () => Applications;
  /** The instant on the clock of `performance.now()`, in milliseconds, after which nothing new begins. */
  readonly deadline: number;
}

export function beginEnding(
  ports: EndSessionsPorts,
  scope: Pick<OperationScope, 'caller' | 'requestId' | 'tenantId' | 'time'>,
  gateway: SessionGateway,
  { reason, comment }: EndingCause,
  applications: Promise<Applications>,
  claims: Ending['claims'],
): Ending {
  const deadline = Math.min(performance.now() + ports.endingBudgetMs, scope.time.deadline);
  let known: Applications = new Map();
  void applications.then((found) => {
    known = found;
  });
  return { ports, scope, gateway, cause: { reason, comment }, claims, applications, known: () => known, deadline };
}

export type Applications = ReadonlyMap<ApplicationId, Application>;

/** How many sessions one operation ends, or users it lists, at the same time. */
export const maxConcurrentEndings = 25;

/**
 * Ends sessions side by side. Each of them is tried whatever happens to the others, and what failed is returned, not
 * thrown. A revocation without an answer is not yet a failure: FusionAuth may have carried it out, and one more
 * listing tells. Each session is recorded and published as soon as it is known what became of it.
 * @param replacementOf The session that stays in place of one that ends.
 */
export async function endSessions(
  sessions: readonly Session[],
  ending: Ending,
  replacementOf: ReplacementOf = noReplacement,
): Promise<EndingOutcome> {
  if (sessions.length === 0) return nothingEnded;
  const inTurn = pLimit(maxConcurrentEndings);
  const published: Promise<PublishedAttempt>[] = [];
  const settle = (attempt: Attempt) => {
    record(attempt, ending);
    published.push(publish(attempt, replacementOf(attempt.session), ending));
    return attempt;
  };

  const attempts = await Promise.all(
    sessions.map(async (session) => {
      const attempt = await inTurn(() => tryToEnd(session, ending));
      return isFailed(attempt) ? attempt : settle(attempt);
    }),
  );
  const gone = await goneAfterAll(attempts, ending);
  const settled = attempts.map((attempt) => (isFailed(attempt) ? settle(judge(attempt, gone)) : attempt));
  const ended = await Promise.all(published);
  const isRecorded = await ending.ports.audit.written();
  return {
    unfinished: [
      ...(isRecorded ? [] : [warnings.auditNotWritten]),
      ...(ended.every(({ isPublished }) => isPublished) ? [] : [warnings.notPublishedYet]),
    ],
    revoked: ended.map((one) => one.revoked).filter((one) => one !== null),
    alreadyEnded: settled.filter(({ outcome }) => outcome === 'alreadyEnded').map(({ session }) => session),
    failures: settled.filter(isFailed).map(({ session, outcome }) => failureOf(session.id, outcome)),
  };
}

export const nothingEnded: EndingOutcome = { revoked: [], alreadyEnded: [], failures: [], unfinished: [] };

type ReplacementOf = (session: Session) => Session | null;

const noReplacement: ReplacementOf = () => null;

interface Attempt {
  readonly session: Session;
  readonly outcome: 'revoked' | 'alreadyEnded' | UpstreamError;
}

interface PublishedAttempt {
  /** Null for a session that this call has not revoked. */
  readonly revoked: RevokedSession | null;
  /** False for an ending of which nobody but this process knows yet. */
  readonly isPublished: boolean;
}

interface FailedAttempt extends Attempt {
  readonly outcome: UpstreamError;
}

function isFailed(attempt: Attempt): attempt is FailedAttempt {
  return typeof attempt.outcome !== 'string';
}

async function tryToEnd(session: Session, { gateway, deadline }: Ending): Promise<Attempt> {
  if (performance.now() >= deadline) return { session, outcome: new UpstreamTimeoutError(false) };
  try {
    return { session, outcome: await gateway.revokeSession(session.id) };
  } catch (error) {
    // A defect of ours must not hide what became of the other sessions. Its cause is in the record of this one.
    const outcome = isUpstreamError(error) ? error : new UpstreamContractError('The call failed', { cause: error });
    return { session, outcome };
  }
}

/**
 * Publishes what became of a session, also of one that somebody else has ended and perhaps not reported. Never rejects:
 * what could not be published must not hide a revocation, and is followed up.
 */
async function publish(
  { session, outcome }: Attempt,
  replacement: Session | null,
  ending: Ending,
): Promise<PublishedAttempt> {
  const { ports, scope, cause } = ending;
  const endedAt = ports.clock.now();
  const describe = (applications: Applications) =>
    describeEnded(session, cause.reason, endedAt, replacement, applications);
  // What is not known yet only adds how long to refuse, and is not waited for.
  const known = ending.known();
  const tenantId = tenantOf(session, scope, known);
  const record = causeOf(scope, cause);
  let isPublished = true;
  if (typeof outcome === 'string') {
    try {
      isPublished = (await ports.recorder.recordOwn(describe(known), tenantId, record)) !== 'kept';
    } catch (error) {
      isPublished = false;
      ports.onSideFailure(error, scope.requestId);
      ports.uncertain.followUp({ ended: describe(known), tenantId, cause: record });
    }
  } else if (isUnanswered(outcome) && outcome.mayHaveBeenDone)
    ports.uncertain.followUp({ ended: describe(known), tenantId, cause: record });
  ending.claims.settle(session.id, fateOf(outcome));
  const revoked = outcome === 'revoked' ? { session, ended: describe(await ending.applications) } : null;
  return { revoked, isPublished };
}

function fateOf(outcome: Attempt['outcome']): SessionFate {
  if (typeof outcome === 'string') return 'ended';
  return isUnanswered(outcome) && outcome.mayHaveBeenDone ? 'inDoubt' : 'lives';
}

function tenantOf(session: Session, scope: Ending['scope'], applications: Applications): TenantId | null {
  const { applicationId, tenantId } = session;
  const ofApplication = applicationId === null ? null : applications.get(applicationId)?.tenantId;
  return scope.tenantId ?? tenantId ?? ofApplication ?? null;
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
