import { placeIn } from '../../domain/enforcement-plan.js';
import type { SessionId, TenantId, UserId } from '../../domain/ids.js';
import { overflowRules } from '../../domain/overflow.js';
import { type Policy, type PolicyOverflow, policyOverflows } from '../../domain/policy/policy.js';
import { onlyEnding, type SelectedLimit, selectLimits } from '../../domain/policy/selection.js';
import type { PolicyInForce } from '../../domain/ports/policy-in-force.js';
import type { RevocationAllowance } from '../../domain/ports/revocation-allowance.js';
import type { SignInReservation, SignInReservations } from '../../domain/ports/sign-in-reservations.js';
import { confirmPlaces } from '../../domain/reserve-sign-in.js';
import type { Session } from '../../domain/session.js';
import type { EnforceSessionLimit } from '../enforcement/enforce-session-limit.js';
import type { EnforceSessionLimitResult } from '../enforcement/enforcement.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { keepSessionNotLive } from '../operation/results.js';
import { readLiveSessions } from '../revocation/live-sessions.js';
import { policyForUser } from './policy-for-user.js';
import type { PolicyObservations } from './policy-observations.js';
import { nothingInForce, type PolicyReport, reportOf } from './policy-report.js';
import type { PolicyUseTelemetry } from './policy-use-telemetry.js';
import { sessionsByBudget } from './sign-in-budget.js';

interface EnforcePolicyCommand {
  /** Null when it is not known, or there is only one. */
  readonly tenantId: TenantId | null;
  readonly userId: UserId;
  /** A session that must be listed, such as a new one; null for none. */
  readonly sessionId: SessionId | null;
  /** The name of the trigger, for the record. */
  readonly trigger: string;
}

interface EnforcePolicyPorts {
  readonly policies: PolicyInForce;
  readonly enforceSessionLimit: Pick<EnforceSessionLimit, 'execute'>;
  /** Makes the scope of an operation of the service itself, which may act on the sessions of anyone of a tenant. */
  readonly scopeFor: (tenantId: TenantId | null) => EndingScope;
  readonly observations: Pick<PolicyObservations, 'publish'>;
  readonly telemetry: Pick<PolicyUseTelemetry, 'policyEnforced'>;
  readonly allowance: RevocationAllowance;
  readonly reservations: SignInReservations;
}

/** The ways in which sessions end, in the order in which they are carried out. */
const endingOverflows = policyOverflows.filter((name) => overflowRules[name].ends);

/**
 * Enforces the policy in force for one user, on behalf of the service itself. Any number of enforcements may run at
 * once: they converge.
 *
 * It costs one call for the user where a rule asks for facts about the user, and one enforcement for each kind of
 * overflow among the matching rules: a list, and a call for each session that ends. Where no rule ends sessions it
 * costs one list.
 */
export class EnforcePolicy {
  constructor(private readonly ports: EnforcePolicyPorts) {}

  /**
   * @param by The operation of the caller on whose behalf it happens; null for the service itself.
   * @throws an UpstreamError when FusionAuth cannot be asked; StoreUnavailableError when it is not known how many
   * sessions may still end. All sessions that have ended then are on record, and calling again is safe.
   */
  async execute(command: EnforcePolicyCommand, by: EndingScope | null = null): Promise<PolicyReport> {
    const report = await this.#enforce(command, by);
    this.ports.telemetry.policyEnforced(report, command.trigger);
    await this.ports.observations.publish(report, command);
    return report;
  }

  async #enforce(given: EnforcePolicyCommand, by: EndingScope | null): Promise<PolicyReport> {
    const { userId } = given;
    const { policies, scopeFor } = this.ports;
    const directory = (by ?? scopeFor(given.tenantId)).access.directory('session:enforce');
    const found = await policyForUser(policies, given, directory);
    if (found === null) return nothingInForce;
    const { policy, tenantId, subject } = found;
    const command = { ...given, tenantId };
    const scope = by ?? scopeFor(tenantId);
    const selected = subject === null ? [] : selectLimits(policy, { userId, tenantId, subject: subject ?? null });
    if (selected.every(({ rule }) => rule === null)) return { ...nothingInForce, policy };

    const carriedOut: EnforceSessionLimitResult[] = [];
    for (const overflow of endingOverflows) {
      if (!selected.some(({ rule }) => rule?.mode === 'enforce' && rule.overflow === overflow)) continue;
      const result = await this.#end(policy, selected, overflow, command, scope);
      if (result.outcome === null) return reportOf({ policy, selected, carriedOut, live: [], refusal: result });
      carriedOut.push(result);
    }
    const last = carriedOut.at(-1);
    if (last !== undefined) {
      await this.#confirmPlaces(userId, last.live, selected);
      return reportOf({ policy, selected, carriedOut, live: last.live, refusal: null });
    }
    const required = command.sessionId === null ? [] : [command.sessionId];
    const gateway = scope.access.sessions('session:enforce');
    const view = await readLiveSessions(gateway, scope, userId, required);
    await this.#confirmPlaces(userId, view.sessions, selected);
    const report = reportOf({ policy, selected, carriedOut, live: view.sessions, refusal: null });
    return view.notLive.length === 0
      ? report
      : { ...report, done: 'sessionNotSeen', userErrors: [keepSessionNotLive(['sessionId'])] };
  }

  /** Sign-ins that were let in have their sessions: the places kept for these are free again once they end. */
  async #confirmPlaces(userId: UserId, live: readonly Session[], selected: readonly SelectedLimit[]): Promise<void> {
    const byBudget = [...sessionsByBudget(live, selected)];
    if (byBudget.length === 0) return;
    const confirmed = (held: readonly SignInReservation[]) =>
      byBudget.reduce((places, [budget, sessions]) => confirmPlaces(places, budget, sessions), held);
    await this.ports.reservations
      .change(userId, (held) => ({ answer: null, held: confirmed(held) }))
      // They lapse by themselves.
      .catch(() => null);
  }

  async #end(
    { maxRevocationsPerMinute: perMinute, version }: Policy,
    selected: readonly SelectedLimit[],
    overflow: PolicyOverflow,
    { tenantId, userId, sessionId }: EnforcePolicyCommand,
    scope: EndingScope,
  ): Promise<EnforceSessionLimitResult> {
    const { allowance } = this.ports;
    const limit = onlyEnding(selected, (rule) => rule.mode === 'enforce' && rule.overflow === overflow);
    return this.ports.enforceSessionLimit.execute(scope, {
      userId,
      limit,
      overflow,
      keepSessionIds: sessionId === null ? [] : [sessionId],
      keepArgument: null,
      onNewerSession: 'keepNewest',
      reason: 'SESSION_LIMIT_EXCEEDED',
      comment: null,
      policyRuleOf: (session) => {
        const rule = selected[placeIn(session, limit)?.index ?? -1]?.rule ?? null;
        return rule && { name: rule.name, version };
      },
      dryRun: false,
      allowEndings: async (count) => (await allowance.take({ tenantId, count, perMinute })).granted,
    });
  }
}
