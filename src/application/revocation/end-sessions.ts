import pLimit from 'p-limit';
import { isUpstreamError, UpstreamContractError, UpstreamTimeoutError } from '../../domain/errors.js';
import type { TenantId } from '../../domain/ids.js';
import type { SessionFate } from '../../domain/ports/session-claims.js';
import { recordedDevice } from '../../domain/recorded-device.js';
import type { Session } from '../../domain/session.js';
import { warnings } from '../operation/results.js';
import { type Attempt, type FailedAttempt, isFailed } from './attempt.js';
import { describeEnded } from './describe-ended.js';
import {
  type Applications,
  causeOf,
  concurrencyOf,
  type Ending,
  type EndingOutcome,
  nothingEnded,
  policyRuleOf,
  type RevokedSession,
} from './ending.js';
import { failureOf, isUnanswered } from './revocation-failure.js';
import { goneAfterAll, judge } from './unanswered-attempts.js';

/**
 * Ends sessions side by side. Each is tried, whatever happens to the others, and failures are returned, not thrown. A
 * revocation without an answer is not yet a failure: FusionAuth may have carried it out, which one more listing shows.
 * Each session is recorded and published as soon as its outcome is known.
 * @param replacementOf The session that stays in place of one that ends.
 */
export async function endSessions(
  sessions: readonly Session[],
  ending: Ending,
  replacementOf: ReplacementOf = noReplacement,
): Promise<EndingOutcome> {
  if (sessions.length === 0) return nothingEnded;
  const inTurn = pLimit(concurrencyOf(sessions.length));
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
  const failed = settled.filter(isFailed);
  if (failed.length > 0) await keepFailures(failed, ending);
  const ended = await Promise.all(published);
  const isRecorded = await ending.ports.audit.written();
  return {
    unfinished: [
      ...(isRecorded ? [] : [warnings.auditNotWritten]),
      ...(ended.every(({ isPublished }) => isPublished) ? [] : [warnings.notPublishedYet]),
    ],
    revoked: ended.map((one) => one.revoked).filter((one) => one !== null),
    alreadyEnded: settled.filter(({ outcome }) => outcome === 'alreadyEnded').map(({ session }) => session),
    failures: failed.map(({ session, outcome }) => failureOf(session.id, outcome)),
  };
}

interface PublishedAttempt {
  /** Null for a session that this call has not revoked. */
  readonly revoked: RevokedSession | null;
  /** False for an ending that is neither published nor announced, so that only this process knows it. */
  readonly isPublished: boolean;
}

type ReplacementOf = (session: Session) => Session | null;

const noReplacement: ReplacementOf = () => null;

async function tryToEnd(session: Session, { gateway, deadline }: Ending): Promise<Attempt> {
  if (performance.now() >= deadline) return { session, outcome: new UpstreamTimeoutError(false) };
  try {
    return { session, outcome: await gateway.revokeSession(session.id) };
  } catch (error) {
    // A defect of this service must not hide the outcomes of the other sessions. Its cause is in the record of this
    // one.
    const outcome = isUpstreamError(error) ? error : new UpstreamContractError('The call failed', { cause: error });
    return { session, outcome };
  }
}

/**
 * Publishes the outcome of a session, also when somebody else has ended it and perhaps not reported that. Never
 * rejects: a failure to publish must not hide a revocation, and is followed up.
 *
 * It does not wait for an ending that is announced to every replica: if this process dies, another one publishes it.
 */
async function publish(
  { session, outcome }: Attempt,
  replacement: Session | null,
  ending: Ending,
): Promise<PublishedAttempt> {
  const { ports, scope, cause } = ending;
  const endedAt = ports.clock.now();
  const describe = (applications: Applications) => ({
    ...describeEnded(session, cause.reason, endedAt, replacement, applications),
    ...policyRuleOf(cause, session),
  });
  // Applications only add how long to refuse access tokens, so nothing waits until they are known.
  const known = ending.known();
  const tenantId = tenantOf(session, scope, known);
  const record = causeOf(scope, cause);
  const isAnnounced = ending.claims.isAnnounced(session.id);
  const uncertain = () => ({ ended: describe(known), tenantId, cause: record, isAnnounced });
  let isPublished = true;
  if (typeof outcome === 'string') {
    const publishing = ports.recorder.recordOwn(describe(known), tenantId, record, outcome).then(
      (published) => published !== 'kept',
      (error: unknown) => {
        ports.telemetry.sideLookupFailed(error, scope.requestId);
        ports.uncertain.followUp(uncertain());
        return false;
      },
    );
    if (!isAnnounced) isPublished = await publishing;
  } else if (isUnanswered(outcome) && outcome.mayHaveBeenDone) ports.uncertain.followUp(uncertain());
  ending.claims.settle(session.id, fateOf(outcome));
  const revoked = outcome === 'revoked' ? { session, ended: describe(await ending.applications) } : null;
  return { revoked, isPublished };
}

/** Never rejects, because the audit record has the failure, too. */
async function keepFailures(failed: readonly FailedAttempt[], ending: Ending): Promise<void> {
  const { ports, scope } = ending;
  const cause = causeOf(scope, ending.cause);
  const known = ending.known();
  try {
    await ports.history.recordFailed(
      failed.map(({ session }) => {
        const { id: sessionId, userId, applicationId } = session;
        const device = recordedDevice(session.device);
        return { sessionId, userId, applicationId, tenantId: tenantOf(session, scope, known), cause, device };
      }),
    );
  } catch (error) {
    ports.telemetry.sideLookupFailed(error, scope.requestId);
  }
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

function record({ session, outcome }: Attempt, { ports, scope, cause }: Ending): void {
  ports.audit.record({
    at: ports.clock.now(),
    requestId: scope.requestId,
    actor: scope.caller.name,
    actorKind: scope.caller.kind,
    clientAddress: scope.clientAddress,
    userId: session.userId,
    sessionId: session.id,
    applicationId: session.applicationId,
    reason: cause.reason,
    comment: cause.comment,
    ...policyRuleOf(cause, session),
    outcome: typeof outcome === 'string' ? outcome : 'failed',
    cause: typeof outcome === 'string' ? null : outcome,
  });
}
