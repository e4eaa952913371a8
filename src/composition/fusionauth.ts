import { laneOf } from '../application/operation/loop-turns.js';
import type { DisposalList } from '../disposal-list.js';
import type { TenantId } from '../domain/ids.js';
import type { AuditLog } from '../domain/ports/audit-log.js';
import type { SessionGateway } from '../domain/ports/session-gateway.js';
import { FusionAuth } from '../fusionauth/fusionauth.js';
import { Readiness } from '../fusionauth/readiness.js';
import { createAuditLog } from '../observability/logger.js';
import type { Foundation } from './foundation.js';

/** Largest answer of FusionAuth that is read: above a list of 1,000 sessions and one of some thousand applications. */
const maxResponseBytes = 64 * 1_024 * 1_024;

const retryBaseDelayMs = 50;

/** How many characters of an answer of FusionAuth cost one unit of work, for parsing them and checking each record. */
const charactersOfUnit = 70;

/** FusionAuth, as the rest of the service sees it. */
export interface ConnectedFusionAuth {
  readonly fusionAuth: FusionAuth;
  readonly readiness: Readiness;
  /** The audit log of endings: the log of the service, and FusionAuth's own where that is configured. */
  readonly audit: AuditLog;
  /**
   * A gateway for calls that belong to no caller's operation, so that nobody is charged for them. Null names the
   * configured tenant.
   */
  readonly sessionsOf: (tenantId: TenantId | null) => SessionGateway;
}

/** Connects to FusionAuth, without calling it. */
export function connectFusionAuth(foundation: Foundation, opened: DisposalList): ConnectedFusionAuth {
  const { config, secrets, fusionAuthUrl, clock, telemetry, output, turns } = foundation;
  const fusionAuth = new FusionAuth({
    ...config.fusionAuth,
    baseUrl: fusionAuthUrl,
    apiKey: secrets.fusionAuthApiKey,
    retryBaseDelayMs,
    maxResponseBytes,
    beforeReading: (characters, operation) => {
      const { user } = operation;
      const units = characters / charactersOfUnit;
      const lane = laneOf({ caller: { kind: user === undefined ? 'service' : 'user' }, work: { units } });
      return turns.take(lane, user ?? operation, units);
    },
    clock,
    telemetry,
  });
  opened.defer(() => fusionAuth[Symbol.asyncDispose]());
  const ownAuditLog = createAuditLog(config.logLevel, output);
  const fusionAuthAuditLog = fusionAuth.createAuditLog();
  opened.defer(() => fusionAuthAuditLog[Symbol.asyncDispose]());
  const auditLogs = [ownAuditLog, ...(config.fusionAuth.auditLog ? [fusionAuthAuditLog] : [])];
  const readiness = new Readiness(fusionAuth, telemetry);
  return {
    fusionAuth,
    readiness,
    audit: {
      record(entry) {
        for (const log of auditLogs) log.record(entry);
        telemetry.endingAttempted(entry);
        readiness.endingAttempted(entry.cause);
      },
      written: () => ownAuditLog.written(),
    },
    sessionsOf: (tenantId) => fusionAuth.tenant(tenantId ?? config.fusionAuth.tenantId).during({ calls: 0 }).sessions,
  };
}
