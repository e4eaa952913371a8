import type { Logger } from 'pino';
import type {
  EnforcementFacts,
  ReportedEnding,
  RoundProgress,
  UseCaseTelemetry,
} from '../application/operation/telemetry.js';
import type { WorkLimitName } from '../application/operation/work-telemetry.js';
import type { PolicyReport } from '../application/policy/policy-report.js';
import type { PolicyUseTelemetry } from '../application/policy/policy-use-telemetry.js';
import type { Refusal } from '../auth/refusal.js';
import type { ServiceKeyChanges } from '../auth/service-keys.js';
import type { FusionAuthEvent } from '../domain/fusionauth-event.js';
import type { Policy } from '../domain/policy/policy.js';
import type { AuditEntry } from '../domain/ports/audit-log.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Instant } from '../domain/session.js';
import type { FusionAuthTelemetry } from '../fusionauth/telemetry.js';
import type { AnsweredOperation, GraphQLTelemetry, OperationFailure } from '../graphql/telemetry.js';
import type {
  AnsweredRequest,
  FailedRequest,
  HttpTelemetry,
  RefusedRequest,
  RejectedRequest,
  SlowReader,
} from '../http/telemetry.js';
import type { PolicyProblem } from '../policy/problem.js';
import type { PolicySourceTelemetry } from '../policy/telemetry.js';
import type { DeliveryOutcome } from '../webhook/webhook-receiver.js';
import { boundedReports, isOfStranger } from './bounded-reports.js';
import { deliveryFacts } from './delivery-facts.js';
import type { LockTelemetry } from './observed-lock.js';
import { policyEnforcedFacts, policyInForceLine, policyProblemFacts } from './policy-lines.js';
import { PolicyReports, type PolicyReportsParts } from './policy-reports.js';
import type { Tracing } from './tracing.js';
import { UpstreamReports } from './upstream-reports.js';

/**
 * Everything in the service that operators may want to know, one method for each. A room knows the slice to which it
 * reports, and neither loggers nor metrics.
 */
export class Telemetry
  extends UpstreamReports
  implements
    UseCaseTelemetry,
    LockTelemetry,
    FusionAuthTelemetry,
    GraphQLTelemetry,
    HttpTelemetry,
    PolicySourceTelemetry,
    PolicyUseTelemetry
{
  readonly #boundedly: ReturnType<typeof boundedReports>;
  /** The reports of triggers of the policy. */
  readonly policy: PolicyReports;

  constructor(
    logger: Logger,
    clock: Clock,
    /** Null where nobody traces. */
    readonly tracing: Tracing | null = null,
    policyReports = (parts: PolicyReportsParts) => new PolicyReports(parts),
  ) {
    super(logger, clock);
    this.#boundedly = boundedReports(logger, clock);
    this.policy = policyReports({ logger, clock, failed: (...failure) => this.failed(...failure), tracing });
  }

  listening(facts: Readonly<Record<string, string | null>>): void {
    this.logger.info(facts, 'listening');
  }

  serviceKeyExpired(key: string, expiresAt: Instant): void {
    this.logger.warn(
      { key, expiresAt: new Date(expiresAt).toISOString() },
      'a service key of SERVICE_KEYS has expired',
    );
  }

  serviceKeysRead(changes: ServiceKeyChanges): void {
    const isAnother = Object.values(changes).some((names) => names.length > 0);
    if (isAnother) this.logger.info(changes, 'service keys read anew');
  }

  /** @param removed Names of keys that are no longer in force all the same. */
  serviceKeysNotUsable(problems: readonly string[], removed: readonly string[]): void {
    const message = 'service keys cannot be used as their file holds them: keys that are gone from it are refused';
    this.failed('serviceKeysNotUsable', 'error', { problems, removed }, message);
  }

  requestAnswered({ durationMs, ...request }: AnsweredRequest): void {
    const line = { ...request, durationMs: Math.round(durationMs) };
    // Clients without accepted credentials must not fill the disk.
    if (isOfStranger(request)) this.#boundedly.strangersRequest(line);
    else this.logger.info(line, 'request');
  }

  requestNotUnderstood(request: RejectedRequest): void {
    this.#boundedly.requestNotUnderstood(request);
  }

  requestFailed(error: unknown, { id, recognised }: FailedRequest): void {
    const write = recognised === null ? this.#boundedly.strangersRequestFailed : undefined;
    this.failed('requestFailed', 'error', { requestId: id, err: error }, 'request failed', write);
  }

  credentialsRefused({ check, claimed }: Refusal, { id, clientAddress }: RefusedRequest): void {
    this.#boundedly.credentialsRefused({
      requestId: id,
      clientAddress,
      check,
      ...(claimed === null ? {} : { claimed }),
    });
  }

  connectionRefused(address: string, maxAddressConnections: number): void {
    this.#boundedly.connectionRefused({ address, maxAddressConnections });
  }

  slowReaderCutOff({ waitedMs, ...connection }: SlowReader): void {
    this.#boundedly.slowReader({ ...connection, waitedMs: Math.round(waitedMs) });
  }

  workRefused(limit: WorkLimitName): void {
    this.logger.debug({ limit }, 'work refused');
  }

  operationAnswered(operation: AnsweredOperation): void {
    this.tracing?.operationAnswered(operation);
  }

  operationFailed(failure: OperationFailure): void {
    this.failed('operationFailed', 'error', failure, 'operation failed');
  }

  operationFailedForMoreCauses(failure: Pick<OperationFailure, 'requestId' | 'operationName' | 'count'>): void {
    this.failed('operationFailedForMoreCauses', 'error', failure, 'operation failed for more causes');
  }

  subscriptionFailed(error: unknown, requestId: string): void {
    this.failed('subscriptionFailed', 'error', { requestId, err: error }, 'subscription failed');
  }

  subscriptionOpened(): void {
    this.logger.debug('subscription opened');
  }

  subscriptionClosed(): void {
    this.logger.debug('subscription closed');
  }

  subscriberOverflowed(): void {
    this.logger.debug('subscriber cut off: it reads too slowly');
  }

  /** An operation set out to end a session; the audit log says more. */
  endingAttempted({ reason, outcome }: Pick<AuditEntry, 'reason' | 'outcome'>): void {
    this.logger.debug({ reason, outcome }, 'ending attempted');
  }

  endingReported(ending: ReportedEnding): void {
    this.logger.debug(ending, 'ending reported');
  }

  abandonedUncertain(error: unknown): void {
    this.failed(
      'abandonedUncertain',
      'warn',
      { err: error },
      'a revocation that nobody answered for is looked at again',
    );
  }

  endingUncertain(error: unknown): void {
    this.failed('endingUncertain', 'warn', { err: error }, 'not known whether a session has ended');
  }

  enforced(enforcement: EnforcementFacts): void {
    this.logger.debug(enforcement, 'enforcement');
  }

  enforcementGoesOn(progress: RoundProgress): void {
    this.logger.info(progress, 'enforcing in rounds: the user has more sessions than one list holds');
  }

  sideLookupFailed(error: unknown, requestId: string): void {
    this.failed('sideLookupFailed', 'warn', { requestId, err: error }, 'side lookup failed');
  }

  policyInForce(policy: Policy | null, source: string): void {
    this.logger.info(...policyInForceLine(policy, source));
  }

  policyEnforced(report: PolicyReport, trigger: string): void {
    if (report.policy !== null) this.logger.debug(policyEnforcedFacts(report, trigger), 'session policy enforced');
  }

  policyObservationLost(error: unknown): void {
    const message = 'what the session policy would have ended could not be published';
    this.failed('policyObservationLost', 'warn', { err: error }, message);
  }

  policyNotUsable(problems: readonly PolicyProblem[], source: string): void {
    const message = 'the session policy cannot be used: what was in force before stays in force';
    this.failed('policyNotUsable', 'error', policyProblemFacts(problems, source), message);
  }

  turnAwaited({ waitedMs, isGranted }: Parameters<LockTelemetry['turnAwaited']>[0]): void {
    this.logger.debug({ waitedMs: Math.round(waitedMs), isGranted }, 'turn awaited');
  }

  deliveryNotRecognised(reason: string, { id, clientAddress }: RefusedRequest): void {
    this.#boundedly.deliveryNotRecognised({ requestId: id, clientAddress, reason });
  }

  signingKeysUnavailable(cause: unknown, requestId: string | null): void {
    this.#boundedly.signingKeysUnavailable({ ...(requestId === null ? {} : { requestId }), err: cause });
  }

  deliveryAnswered(outcome: DeliveryOutcome, status: number, requestId: string): void {
    this.tracing?.deliveryAnswered(outcome, status);
    const facts = { requestId, ...deliveryFacts(outcome) };
    if (status === 200 || outcome.kind === 'denied') this.logger.debug(facts, 'webhook delivery');
    else this.logger.warn(facts, 'webhook delivery not accepted');
  }

  revocationsLost(completeSince: Instant, cause: string): void {
    const facts = { completeSince: new Date(completeSince).toISOString(), cause };
    this.logger.warn(facts, 'what FusionAuth reported or left unanswered was lost: revocations may be missing');
  }

  lossNotRecorded(error: unknown): void {
    this.failed('lossNotRecorded', 'error', { err: error }, 'it is not recorded yet that revocations may be missing');
  }

  eventNotHandled(error: unknown, { id, kind }: FusionAuthEvent): void {
    this.failed('eventNotHandled', 'error', { eventId: id, event: kind, err: error }, 'event not handled');
  }
}
