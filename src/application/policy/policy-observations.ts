import { AgeingMap } from '../../domain/ageing-map.js';
import type { TenantId, UserId } from '../../domain/ids.js';
import { keepAtMost } from '../../domain/keep-at-most.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { Session } from '../../domain/session.js';
import type { SessionEventRecorder } from '../events/session-event-recorder.js';
import type { PolicyReport, RuleReport } from './policy-report.js';
import type { PolicyUseTelemetry } from './policy-use-telemetry.js';

interface PolicyObservationsOptions {
  readonly recorder: Pick<SessionEventRecorder, 'recordActivity'>;
  readonly clock: Clock;
  readonly telemetry: Pick<PolicyUseTelemetry, 'policyObservationLost'>;
}

/** How many observations are remembered, so that none is published twice in a row. */
const maxRemembered = 10_000;

/** How many sessions an event names. */
const maxNamed = 100;

/**
 * Publishes which sessions the rules that only observe would have ended. This process publishes an observation again
 * only when it changes, because several triggers and sweeps look at one user.
 */
export class PolicyObservations {
  /** The last observation for each rule and user, the oldest first. */
  readonly #said = new AgeingMap<string, string>();

  constructor(private readonly options: PolicyObservationsOptions) {}

  /** Never rejects. */
  async publish(
    { policy, rules }: PolicyReport,
    { tenantId, userId }: { readonly tenantId: TenantId | null; readonly userId: UserId },
  ): Promise<void> {
    if (policy === null) return;
    for (const report of rules) {
      if (report.wouldEnd.length > 0 && this.#isOther(userId, report, policy.version)) {
        await this.#publishOne(report, policy.version, tenantId, userId);
      }
    }
  }

  async #publishOne(
    { rule, wouldEnd }: RuleReport,
    version: string,
    tenantId: TenantId | null,
    userId: UserId,
  ): Promise<void> {
    const { recorder, clock, telemetry } = this.options;
    const about = { tenantId, userId, applicationId: onlyApplicationOf(wouldEnd), sessionId: null };
    const note = {
      rule: { name: rule.name, version },
      surplusSessionIds: wouldEnd.slice(0, maxNamed).map(({ id }) => id),
      surplusCount: wouldEnd.length,
    };
    try {
      await recorder.recordActivity('SESSION_LIMIT_EXCEEDED', { ...about, occurredAt: clock.now() }, null, note);
    } catch (error) {
      this.#said.delete(keyOf(userId, rule.name));
      telemetry.policyObservationLost(error);
    }
  }

  #isOther(userId: UserId, { rule, wouldEnd }: RuleReport, version: string): boolean {
    const key = keyOf(userId, rule.name);
    const newest = wouldEnd.at(-1)?.id;
    const content = `${version} ${wouldEnd.length} ${newest}`;
    const isOther = this.#said.get(key) !== content;
    this.#said.delete(key);
    this.#said.set(key, content);
    keepAtMost(this.#said, maxRemembered);
    return isOther;
  }
}

function keyOf(userId: UserId, rule: string): string {
  return `${userId} ${rule}`;
}

/** The application of the sessions; null for several applications, and for SSO sessions. */
function onlyApplicationOf([first, ...others]: readonly Session[]): Session['applicationId'] {
  const applicationId = first?.applicationId ?? null;
  return others.every((one) => one.applicationId === applicationId) ? applicationId : null;
}
