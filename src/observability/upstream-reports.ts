import type { AuditEntry } from '../domain/ports/audit-log.js';
import type { SessionConfirmation } from '../domain/session-confirmation.js';
import type { UpstreamCall } from '../fusionauth/telemetry.js';
import { type CheckLine, logCheck } from './check-line.js';
import { StoreReports } from './store-reports.js';

/** The reports of calls to FusionAuth, and of obstacles to them, as lines of the log. */
export class UpstreamReports extends StoreReports {
  upstreamCall({ durationMs, ...call }: UpstreamCall): void {
    this.logger.debug({ ...call, durationMs: Math.round(durationMs) }, 'call to FusionAuth');
  }

  callRefused(): void {
    this.logger.debug('call to FusionAuth not sent: too many wait already');
  }

  settingsUnavailable(error: unknown): void {
    this.failed('settingsUnavailable', 'warn', { err: error }, 'settings unavailable: expiry is not known');
  }

  settingsStale(error: unknown): void {
    this.failed('settingsStale', 'warn', { err: error }, 'settings could not be read anew: older ones are used');
  }

  clocksDiffer(skewMs: number): void {
    this.logger.warn(
      { skewSeconds: Math.round(skewMs / 1_000) },
      'the clocks of FusionAuth and this service differ: synchronise them; until then it is allowed for',
    );
  }

  checked(result: CheckLine): void {
    logCheck(this.logger, result);
  }

  readinessChecked(problem: unknown): void {
    if (problem !== null) this.logger.warn({ err: problem }, 'not ready');
  }

  auditRecordNotWritten({ requestId, sessionId }: AuditEntry, error: unknown): void {
    this.failed(
      'auditRecordNotWritten',
      'error',
      { requestId, sessionId, err: error },
      'audit record not written to FusionAuth',
    );
  }

  sessionsConfirmed(_confirmations: readonly Pick<SessionConfirmation, 'status'>[]): void {
    // The request log has a line of the call.
  }

  confirmationsUnavailable(error: unknown): void {
    this.failed(
      'confirmationsUnavailable',
      'warn',
      { err: error },
      'FusionAuth could not be asked whether sessions live',
    );
  }

  confirmationsBehind(waitMs: number): void {
    this.failed(
      'confirmationsBehind',
      'warn',
      { waitMs },
      'confirmations wait longer than they should: raise CONFIRMATIONS_PER_SECOND',
    );
  }
}
