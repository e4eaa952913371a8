import type { FusionAuthClient } from '@fusionauth/typescript-client';
import pLimit from 'p-limit';
import type { AuditEntry, AuditLog } from '../domain/ports/audit-log.js';
import type { FusionAuthTelemetry } from './telemetry.js';

/** How many records are written at the same time. */
const maxConcurrentWrites = 4;

/** How many records may wait. A further one is dropped, and reported. */
const maxWaitingRecords = 2_000;

/**
 * Writes to FusionAuth's own audit log, which its administrators read already. Records are written after the fact,
 * beside other work. A record that cannot be written is reported and changes nothing else.
 * @see https://fusionauth.io/docs/apis/audit-logs#add-an-entry-to-the-audit-log
 */
export class FusionAuthAuditLog implements Pick<AuditLog, 'record'>, AsyncDisposable {
  readonly #inTurn = pLimit(maxConcurrentWrites);
  readonly #writes = new Set<Promise<void>>();

  constructor(
    private readonly client: FusionAuthClient,
    private readonly telemetry: Pick<FusionAuthTelemetry, 'auditRecordNotWritten'>,
  ) {}

  /** Skips sessions that were gone already: the call that ended them has recorded them. */
  record(entry: AuditEntry): void {
    if (entry.outcome === 'alreadyEnded') return;
    if (this.#inTurn.pendingCount >= maxWaitingRecords) {
      this.telemetry.auditRecordNotWritten(entry, new Error('Too many audit records wait to be written'));
      return;
    }
    const write = this.#inTurn(() => this.#write(entry)).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** Waits until each record has been written or reported. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writes);
  }

  async #write(entry: AuditEntry): Promise<void> {
    const { actor, userId, sessionId, applicationId, reason, comment, outcome, requestId } = entry;
    const kind = applicationId === null ? 'SSO session' : `session in application ${applicationId}`;
    const what = sessionId === null ? 'the session of a refresh token' : `${kind}, id ${sessionId}, of user ${userId}`;
    const done = outcome === 'revoked' ? 'Revoked' : 'Could not revoke';
    try {
      await this.client.createAuditLog({
        auditLog: {
          insertUser: `fusionauth-sessions:${actor}`,
          message: `${done} ${what}`,
          reason,
          data: { requestId, actor, userId, sessionId, applicationId, reason, comment, outcome },
        },
      });
    } catch (error) {
      this.telemetry.auditRecordNotWritten(entry, error);
    }
  }
}
