import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { TenantId, UserId } from '../../domain/ids.js';
import type { PolicyJobRequest } from '../../domain/ports/policy-jobs.js';
import type { AliveSession } from '../liveness/confirmation.js';
import type { PolicyWorker } from './policy-worker.js';
import { looksAfterMs } from './run-policy-job.js';
import type { SeenSessions } from './seen-sessions.js';

interface PolicyTriggersPorts {
  readonly worker: Pick<PolicyWorker, 'schedule'>;
  /** Whether a policy is in force for the users of a tenant. Never rejects. */
  readonly isInForce: (tenantId: TenantId | null) => Promise<boolean>;
  readonly seen: SeenSessions;
  /** The tenant this service is bound to; events of others are ignored. Null for any. */
  readonly tenantId: TenantId | null;
}

/** Sessions that were met are scheduled together, when this many have come or some time has passed. */
const maxTogether = 500;
const togetherMs = 100;

/**
 * Turns events of sign-ins and sightings of sessions into runs of the policy. Several triggers of one sign-in lead to
 * one run, or to a second one that finds nothing to do.
 */
export class PolicyTriggers implements AsyncDisposable {
  #met: PolicyJobRequest[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ports: PolicyTriggersPorts) {}

  /** Schedules the runs that an event causes. Resolves once they are scheduled. Never rejects. */
  async observeEvent(event: FusionAuthEvent): Promise<void> {
    const { tenantId: own, isInForce, worker, seen } = this.ports;
    if (own !== null && event.tenantId !== null && event.tenantId !== own) return;
    const tenantId = event.tenantId ?? own;
    const request = requestOf(event, tenantId);
    if (request === null || !(await isInForce(tenantId))) return;
    if (event.kind === 'sessionRefreshed' && (event.sessionId === null || !seen.meet(event.sessionId))) return;
    await worker.schedule([request]);
  }

  /** Schedules a run for a session in use, unless the session is known. */
  meet({ tenantId, userId, sessionId }: AliveSession): void {
    if (!this.ports.seen.meet(sessionId)) return;
    const facts = { userId, tenantId: tenantId ?? this.ports.tenantId, sessionId: null, awaited: null, afterMs: 0 };
    this.#met.push({ ...facts, trigger: 'firstSight' });
    if (this.#met.length >= maxTogether) void this.#scheduleMet();
    else this.#timer ??= setTimeout(() => void this.#scheduleMet(), togetherMs);
  }

  /** Schedules the runs for the sessions met last. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scheduleMet();
  }

  async #scheduleMet(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const met = this.#met;
    this.#met = [];
    const byTenant = new Map<TenantId | null, Map<UserId, PolicyJobRequest>>();
    for (const request of met) {
      const ofTenant = byTenant.get(request.tenantId) ?? new Map<UserId, PolicyJobRequest>();
      byTenant.set(request.tenantId, ofTenant.set(request.userId, request));
    }
    for (const [tenantId, requests] of byTenant) {
      if (await this.ports.isInForce(tenantId)) await this.ports.worker.schedule([...requests.values()]);
    }
  }
}

/** Null for events that begin no session. */
function requestOf(event: FusionAuthEvent, tenantId: TenantId | null): PolicyJobRequest | null {
  const [firstLookMs] = looksAfterMs;
  const { id, occurredAt: at } = event;
  switch (event.kind) {
    case 'userSignedIn': {
      const facts = { userId: event.userId, tenantId, sessionId: null, afterMs: firstLookMs };
      return { ...facts, trigger: 'signIn', awaited: { key: id, at } };
    }
    case 'userRegistered': {
      // FusionAuth reports a registration twice, before and after it. Both reports await the same session.
      const facts = { userId: event.userId, tenantId, sessionId: null, afterMs: firstLookMs };
      return { ...facts, trigger: 'registration', awaited: { key: `registration ${event.applicationId}`, at } };
    }
    case 'sessionRefreshed':
      return { userId: event.userId, tenantId, sessionId: null, trigger: 'refresh', afterMs: 0, awaited: null };
    default:
      return null;
  }
}
