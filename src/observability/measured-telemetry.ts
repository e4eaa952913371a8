import type { Logger } from 'pino';
import type { EnforcementFacts, ReportedEnding } from '../application/operation/telemetry.js';
import type { WorkLimitName } from '../application/operation/work-telemetry.js';
import type { PolicyReport } from '../application/policy/policy-report.js';
import type { Refusal } from '../auth/refusal.js';
import { initiatingEntityOf } from '../domain/ended-session.js';
import type { AuditEntry } from '../domain/ports/audit-log.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Instant } from '../domain/session.js';
import type { UpstreamCall } from '../fusionauth/telemetry.js';
import type { AnsweredOperation } from '../graphql/telemetry.js';
import type { AnsweredRequest, RefusedRequest, SlowReader } from '../http/telemetry.js';
import { type DeliveryOutcome, isRead } from '../webhook/webhook-receiver.js';
import type { FailureKind } from './failure-kind.js';
import { httpMethodOf } from './http-method.js';
import { MeasuredPolicyReports } from './measured-policy-reports.js';
import type { Metrics } from './metrics.js';
import { Telemetry } from './telemetry.js';
import type { Tracing } from './tracing.js';

/** Telemetry that is counted, too. */
export class MeasuredTelemetry extends Telemetry {
  constructor(
    logger: Logger,
    private readonly measuringClock: Clock,
    private readonly metrics: Metrics,
    tracing: Tracing | null = null,
  ) {
    super(logger, measuringClock, tracing, (parts) => new MeasuredPolicyReports(parts, metrics));
  }

  override serviceKeysRead(changes: Parameters<Telemetry['serviceKeysRead']>[0]): void {
    super.serviceKeysRead(changes);
    this.metrics.serviceKeyReads.inc({ outcome: 'read' });
  }

  override serviceKeysNotUsable(problems: readonly string[], removed: readonly string[]): void {
    super.serviceKeysNotUsable(problems, removed);
    this.metrics.serviceKeyReads.inc({ outcome: 'notUsable' });
  }

  override requestAnswered(request: AnsweredRequest): void {
    super.requestAnswered(request);
    const { method, route, status, durationMs } = request;
    const labels = {
      http_request_method: httpMethodOf(method) ?? '_OTHER',
      http_route: route ?? '',
      http_response_status_code: status ?? '',
    };
    this.metrics.requestSeconds.observe(labels, durationMs / 1_000);
  }

  override upstreamCall(call: UpstreamCall): void {
    super.upstreamCall(call);
    const { method, route, statusCode, failure, durationMs } = call;
    const labels = {
      http_request_method: method,
      url_template: route,
      http_response_status_code: statusCode ?? '',
      error_type: failure ?? '',
    };
    this.metrics.upstreamSeconds.observe(labels, durationMs / 1_000);
  }

  override operationAnswered(operation: AnsweredOperation): void {
    super.operationAnswered(operation);
    this.metrics.operations.inc({ type: operation.type, outcome: operation.codes.length > 0 ? 'errors' : 'ok' });
  }

  override endingAttempted(entry: Pick<AuditEntry, 'reason' | 'outcome'>): void {
    super.endingAttempted(entry);
    const { reason, outcome } = entry;
    this.metrics.endings.inc({ reason, outcome, initiator: initiatingEntityOf(reason) });
  }

  override endingReported(ending: ReportedEnding): void {
    super.endingReported(ending);
    const { reason, extent } = ending;
    const outcome = extent === 'one' ? 'reported' : 'reportedMany';
    this.metrics.endings.inc({ reason, outcome, initiator: initiatingEntityOf(reason) });
  }

  override enforced(enforcement: EnforcementFacts): void {
    super.enforced(enforcement);
    const { outcome, overflow, dryRun } = enforcement;
    this.metrics.enforcements.inc({ outcome, rule: overflow, dry_run: `${dryRun}` });
  }

  override policyEnforced(report: PolicyReport, trigger: string): void {
    super.policyEnforced(report, trigger);
    const { policy, done, rules } = report;
    if (policy === null) return;
    this.metrics.policyEnforcements.inc({ trigger, done, mode: policy.mode });
    for (const { rule, endedCount, wouldEnd } of rules) {
      this.metrics.policySessions.inc({ rule: rule.name, outcome: 'ended' }, endedCount);
      this.metrics.policySessions.inc({ rule: rule.name, outcome: 'wouldEnd' }, wouldEnd.length);
    }
  }

  override turnAwaited(wait: Parameters<Telemetry['turnAwaited']>[0]): void {
    super.turnAwaited(wait);
    this.metrics.turnSeconds.observe({ granted: `${wait.isGranted}` }, wait.waitedMs / 1_000);
  }

  override deliveryAnswered(outcome: DeliveryOutcome, status: number, requestId: string): void {
    super.deliveryAnswered(outcome, status, requestId);
    const event = isRead(outcome) ? outcome.event : null;
    this.metrics.deliveries.inc({ event: event?.kind ?? '', outcome: outcome.kind, status });
    if (event === null) return;
    const lagMs = this.measuringClock.now() - event.occurredAt;
    this.metrics.deliveryLagSeconds.observe({ event: event.kind }, Math.max(0, lagMs) / 1_000);
  }

  override deliveryNotRecognised(reason: string, request: RefusedRequest): void {
    super.deliveryNotRecognised(reason, request);
    this.metrics.deliveriesRefused.inc({ reason });
  }

  override signingKeysUnavailable(cause: unknown, requestId: string | null): void {
    super.signingKeysUnavailable(cause, requestId);
    if (requestId !== null) this.metrics.deliveriesRefused.inc({ reason: 'keysUnavailable' });
  }

  override completenessMoved(completeSince: Instant): void {
    super.completenessMoved(completeSince);
    this.metrics.completenessMoves.inc({ cause: 'forgotten' });
  }

  override revocationsLost(completeSince: Instant, cause: string): void {
    super.revocationsLost(completeSince, cause);
    this.metrics.completenessMoves.inc({ cause });
  }

  override eventsMayBeLost(reason: string): void {
    super.eventsMayBeLost(reason);
    this.metrics.completenessMoves.inc({ cause: reason });
    this.metrics.feedBreaks.inc({ reason });
  }

  override eventsOutOfReach(): void {
    super.eventsOutOfReach();
    this.metrics.feedBreaks.inc({ reason: 'outage' });
  }

  override sessionsConfirmed(confirmations: Parameters<Telemetry['sessionsConfirmed']>[0]): void {
    super.sessionsConfirmed(confirmations);
    for (const { status } of confirmations) this.metrics.confirmations.inc({ status });
  }

  override callRefused(): void {
    super.callRefused();
    this.metrics.workRefused.inc({ limit: 'upstreamCalls' });
  }

  override subscriptionOpened(): void {
    super.subscriptionOpened();
    this.metrics.subscriptions.inc();
    this.metrics.subscriptionsOpened.inc();
  }

  override subscriptionClosed(): void {
    super.subscriptionClosed();
    this.metrics.subscriptions.dec();
  }

  override subscriberOverflowed(): void {
    super.subscriberOverflowed();
    this.metrics.subscriptionsCutOff.inc({ cause: 'overflow' });
  }

  override slowReaderCutOff(connection: SlowReader): void {
    super.slowReaderCutOff(connection);
    this.metrics.subscriptionsCutOff.inc({ cause: 'unread' });
  }

  override credentialsRefused(refusal: Refusal, request: RefusedRequest): void {
    super.credentialsRefused(refusal, request);
    this.metrics.credentialsRefused.inc({ check: refusal.check });
  }

  override connectionRefused(address: string, maxAddressConnections: number): void {
    super.connectionRefused(address, maxAddressConnections);
    this.metrics.workRefused.inc({ limit: 'addressConnections' });
  }

  override workRefused(limit: WorkLimitName): void {
    super.workRefused(limit);
    this.metrics.workRefused.inc({ limit });
  }

  override readinessChecked(problem: unknown): void {
    super.readinessChecked(problem);
    this.metrics.ready.set(problem === null ? 1 : 0);
  }

  protected override failed(
    kind: FailureKind,
    level: 'warn' | 'error',
    facts: object,
    message: string,
    write?: (line: object) => void,
  ): void {
    super.failed(kind, level, facts, message, write);
    this.metrics.failures.inc({ kind });
  }
}
