import { StoreUnavailableError } from '../../domain/errors.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import { parseSessionId, type TenantId } from '../../domain/ids.js';
import type { Policy, PolicyRule } from '../../domain/policy/policy.js';
import { needsSubject, selectLimits } from '../../domain/policy/selection.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { PolicyInForce } from '../../domain/ports/policy-in-force.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { SignInReservations } from '../../domain/ports/sign-in-reservations.js';
import { reserveSignIn } from '../../domain/reserve-sign-in.js';
import type { ApplicationSession, Session } from '../../domain/session.js';
import { within } from '../../domain/within.js';
import type { SessionEventRecorder } from '../events/session-event-recorder.js';
import type { PolicyTelemetry } from './policy-telemetry.js';
import { budgetOf, isDenying } from './sign-in-budget.js';

interface AdmitSignInPorts {
  readonly policies: PolicyInForce;
  /** Makes the connection to FusionAuth for one decision about a user of a tenant. */
  readonly sourceOf: (tenantId: TenantId | null) => {
    readonly sessions: Pick<SessionGateway, 'listSessions'>;
    readonly directory: Pick<Directory, 'findSubject'>;
  };
  readonly reservations: SignInReservations;
  readonly recorder: Pick<SessionEventRecorder, 'recordActivity'>;
  /** The tenant this service is bound to; null for any. */
  readonly tenantId: TenantId | null;
  /** By the clock of FusionAuth. */
  readonly clock: Clock;
  /** Whether a sign-in is let in when FusionAuth or the store cannot be asked. */
  readonly onFailure: 'open' | 'closed';
  /** How long a decision may take, in milliseconds: FusionAuth waits for it, and so does the user. */
  readonly maxDecisionMs: number;
  readonly telemetry: PolicyTelemetry;
}

type SignedIn = FusionAuthEvent & { readonly kind: 'userSignedIn' };

/** `notAsked`: no rule denies anything. */
type Admission = 'notAsked' | 'admitted' | 'denied';

/** How long a place is kept for a session that has not appeared, in milliseconds. */
const placeMs = 60_000;

/** How often sessions are listed anew because another sign-in has seen newer ones. */
const maxLists = 5;

interface DeniedByRule {
  readonly admission: 'admitted' | 'denied';
  readonly rule: PolicyRule | null;
}

const admitted: DeniedByRule = { admission: 'admitted', rule: null };

/**
 * Decides, for rules with `deny-new`, whether a user may sign in. FusionAuth asks by its event `user.login.success`,
 * waits for the answer, and obeys it where the event has a transaction type. It does not ask about registrations.
 */
export class AdmitSignIn {
  constructor(private readonly ports: AdmitSignInPorts) {}

  /** Never rejects. Costs nothing where no rule denies. */
  async execute(event: SignedIn): Promise<Admission> {
    const { tenantId: own, telemetry, onFailure, maxDecisionMs } = this.ports;
    if (own !== null && event.tenantId !== null && event.tenantId !== own) return 'notAsked';
    const { userId } = event;
    try {
      const decided = await within(this.#decide(event), maxDecisionMs);
      if (decided === undefined) throw new StoreUnavailableError();
      if (decided === null) return 'notAsked';
      const { admission: decision, rule } = decided;
      telemetry.signInDecided({ userId, decision, rule: rule?.name ?? null, failed: false });
      if (decision === 'denied') await this.#publish(event);
      return decision;
    } catch {
      const decision = onFailure === 'open' ? 'admitted' : 'denied';
      telemetry.signInDecided({ userId, decision, rule: null, failed: true });
      return decision;
    }
  }

  /** @returns null when no rule denies anything. */
  async #decide(event: SignedIn): Promise<DeniedByRule | null> {
    const tenantId = event.tenantId ?? this.ports.tenantId;
    const policy = await this.ports.policies.current(tenantId);
    return policy?.rules.some(isDenying) === true ? this.#decideBy(policy, event, tenantId) : null;
  }

  async #decideBy(policy: Policy, event: SignedIn, tenantId: TenantId | null): Promise<DeniedByRule> {
    const { reservations, sourceOf, clock } = this.ports;
    const { id, userId, applicationId, occurredAt: at } = event;
    // A sign-in without an application makes no session that a rule could count.
    if (applicationId === null) return admitted;
    const { sessions: gateway, directory } = sourceOf(tenantId);
    const user = { userId, tenantId };
    const subject = needsSubject(policy, user) ? await directory.findSubject(userId) : null;
    const selected = selectLimits(policy, { ...user, subject });
    for (let lists = 0; lists < maxLists; lists++) {
      const heldBefore = await reservations.change(userId, (held) => ({ answer: held, held }));
      const { sessions } = await gateway.listSessions(userId);
      const budget = budgetOf(sessionOf(event, applicationId), sessions, selected);
      if (budget === null) return admitted;
      const answer = await reservations.change(userId, (held) => {
        const now = clock.now();
        return reserveSignIn(held, { id, at, now, expiresAt: now + placeMs, heldBefore, ...budget });
      });
      if (answer !== 'stale') return { admission: answer, rule: budget.rule };
    }
    throw new StoreUnavailableError();
  }

  async #publish({ id, tenantId, userId, applicationId, occurredAt }: SignedIn): Promise<void> {
    const about = { tenantId: tenantId ?? this.ports.tenantId, userId, applicationId, sessionId: null, occurredAt };
    // A failure to publish the event does not let the sign-in in.
    await this.ports.recorder
      .recordActivity('SESSION_LIMIT_EXCEEDED', about, { id, expiresAt: occurredAt + placeMs })
      .catch(() => undefined);
  }
}

/** The session that the sign-in would make, with the members on which its budget depends. */
function sessionOf(event: SignedIn, applicationId: ApplicationSession['applicationId']): Session {
  const id = parseSessionId(event.id);
  if (id === undefined) throw new TypeError('An event without an id');
  return {
    kind: 'application',
    id,
    userId: event.userId,
    applicationId,
    tenantId: null,
    createdAt: event.occurredAt,
    lastAccessedAt: null,
    expiresAt: null,
    device: { name: null, description: null, type: event.deviceType },
    ipAddress: null,
    scopes: [],
  };
}
