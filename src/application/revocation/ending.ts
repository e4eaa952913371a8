import type { Application } from '../../domain/directory.js';
import type { EndedSession, SessionEndReason } from '../../domain/ended-session.js';
import type { ApplicationId } from '../../domain/ids.js';
import type { PolicyRuleReference } from '../../domain/policy/policy.js';
import type { AuditLog } from '../../domain/ports/audit-log.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { SessionView } from '../../domain/ports/session-claims.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { SessionHistory } from '../../domain/ports/session-history.js';
import { actorOf, type RevocationCause } from '../../domain/revocation-cause.js';
import type { Session } from '../../domain/session.js';
import type { SessionEventRecorder } from '../events/session-event-recorder.js';
import type { UncertainRevocations } from '../events/uncertain-revocations.js';
import type { OperationScope } from '../operation/operation-scope.js';
import type { SessionWarning } from '../operation/results.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import type { SessionRevocationFailure } from './revocation-failure.js';

export interface EndSessionsPorts {
  readonly audit: AuditLog;
  /** Publishes each session that has ended, as soon as it has. */
  readonly recorder: Pick<SessionEventRecorder, 'recordOwn'>;
  /** Records revocations that failed. */
  readonly history: Pick<SessionHistory, 'recordFailed'>;
  /** Follows up revocations without an answer, and endings that could not be published. */
  readonly uncertain: Pick<UncertainRevocations, 'followUp'>;
  readonly clock: Clock;
  /**
   * After this time, in milliseconds, or at the deadline of the operation if that is earlier, revocations that have not
   * begun are reported as failed instead of tried.
   */
  readonly endingBudgetMs: number;
  readonly telemetry: Pick<UseCaseTelemetry, 'sideLookupFailed'>;
}

/** Why sessions end, for the callers and the record. */
export interface EndingCause {
  readonly reason: SessionEndReason;
  readonly comment: string | null;
  /** The rule of the session policy that ends a session; absent where no policy does. */
  readonly policyRuleOf?: (session: Session) => PolicyRuleReference | null;
}

/** The member of a record that names the policy rule because of which a session ends; empty without a policy. */
export function policyRuleOf(
  { policyRuleOf: find }: EndingCause,
  session: Session,
): { policyRule?: PolicyRuleReference } {
  const rule = find?.(session) ?? null;
  return rule === null ? {} : { policyRule: rule };
}

/** The cause together with the actor, for the record. */
export function causeOf(
  { caller, requestId }: Pick<OperationScope, 'caller' | 'requestId'>,
  { reason, comment }: EndingCause,
): RevocationCause {
  return { reason, comment, actor: actorOf(caller), requestId };
}

/** The outcome of the sessions of a plan. Each is in exactly one list. */
export interface EndingOutcome {
  readonly revoked: readonly RevokedSession[];
  readonly alreadyEnded: readonly Session[];
  readonly failures: readonly SessionRevocationFailure[];
  /** Warnings about audit records or publications of these endings that are not done yet. */
  readonly unfinished: readonly SessionWarning[];
}

export interface RevokedSession {
  readonly session: Session;
  readonly ended: EndedSession;
}

export const nothingEnded: EndingOutcome = { revoked: [], alreadyEnded: [], failures: [], unfinished: [] };

/** The context in which sessions end: the actor, the cause, the gateway and the deadline. */
export interface Ending {
  readonly ports: EndSessionsPorts;
  readonly scope: Pick<OperationScope, 'caller' | 'clientAddress' | 'requestId' | 'tenantId'>;
  readonly gateway: SessionGateway;
  readonly cause: EndingCause;
  /** The claims on the endings, which learn the fate of each session. */
  readonly claims: Pick<SessionView, 'isAnnounced' | 'settle'>;
  /** The applications, whose settings bound how long access tokens live on. */
  readonly applications: Promise<Applications>;
  /** The applications that are known at the moment. */
  readonly known: () => Applications;
  /** The instant on the clock of `performance.now()`, in milliseconds, after which nothing new begins. */
  readonly deadline: number;
}

export function beginEnding(
  ports: EndSessionsPorts,
  scope: Pick<OperationScope, 'caller' | 'clientAddress' | 'requestId' | 'tenantId' | 'time'>,
  gateway: SessionGateway,
  cause: EndingCause,
  applications: Promise<Applications>,
  claims: Ending['claims'],
): Ending {
  const deadline = Math.min(performance.now() + ports.endingBudgetMs, scope.time.deadline);
  let known: Applications = new Map();
  void applications.then((found) => {
    known = found;
  });
  return { ports, scope, gateway, cause, claims, applications, known: () => known, deadline };
}

export type Applications = ReadonlyMap<ApplicationId, Application>;

/** How many sessions one operation ends, or users it lists, at the same time. */
export const maxConcurrentEndings = 25;

/**
 * The same when many sessions end. FusionAuth ends them about as fast, and operations of other users wait less for the
 * event loop: beside 300 calls for a user with 5,000 sessions, lists of other users took 10 times as long with 25,
 * twice as long with 8, and 1.5 times as long with 5.
 */
const maxConcurrentEndingsOfMany = 5;

/** From this many sessions on they count as many. */
const manyEndings = 100;

/** How many of `endings` sessions end at the same time. */
export function concurrencyOf(endings: number): number {
  return endings < manyEndings ? maxConcurrentEndings : maxConcurrentEndingsOfMany;
}
