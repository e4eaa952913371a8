import { limitsOf, newestStay, planEnforcement } from '../../domain/enforcement-plan.js';
import type { SessionId } from '../../domain/ids.js';
import type { SessionView } from '../../domain/ports/session-claims.js';
import { type UserLock, wasAlone } from '../../domain/ports/user-lock.js';
import type { Instant, Session } from '../../domain/session.js';
import type { SessionEventRecorder } from '../events/session-event-recorder.js';
import { distinctWarnings, warnings } from '../operation/results.js';
import type { CallsOfRun } from '../operation/shared-runs.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import { applicationsOrNone } from '../revocation/describe-ended.js';
import {
  beginEnding,
  type Ending,
  type EndingOutcome,
  type EndSessionsPorts,
  nothingEnded,
  type RevokedSession,
} from '../revocation/ending.js';
import { type LiveSessions, readLiveSessions } from '../revocation/live-sessions.js';
import { withheldFailure } from '../revocation/revocation-failure.js';
import { endRequestedLast } from './end-requested-last.js';
import {
  type EnforcementCall,
  type EnforceSessionLimitResult,
  preferenceOf,
  revokesSomething,
  staysByChoice,
} from './enforcement.js';
import { EnforcementCalls } from './enforcement-calls.js';
import { type Claimed, type ClaimPorts, claimPlan, type Enforcement } from './enforcement-claims.js';
import { type CarriedOut, report } from './enforcement-report.js';

export interface EnforcementRunPorts extends EndSessionsPorts, ClaimPorts {
  /** Records endings, and that a limit was reached. */
  readonly recorder: Pick<SessionEventRecorder, 'recordOwn' | 'recordActivity'>;
  readonly userLock: UserLock;
  readonly telemetry: Pick<UseCaseTelemetry, 'sideLookupFailed' | 'enforcementGoesOn'>;
}

/** After this many rounds, a user with more sessions than one list holds is left as PARTIAL. */
const maxRounds = 20;

/** One run of enforcing a limit, for all calls that share it: lists, plans, and revokes by id. */
export class EnforcementRun {
  constructor(private readonly ports: EnforcementRunPorts) {}

  /** Answers each of the calls, which are all of one kind. Calls that change nothing wait for no turn. */
  async execute(sharing: CallsOfRun<EnforcementCall>): Promise<Answers> {
    const [{ command }] = sharing;
    if (!revokesSomething(command) || !staysByChoice(command)) return this.#enforce(sharing);
    return this.ports.userLock.run(command.userId, async (lease) => {
      const answers = await this.#enforce(sharing);
      return wasAlone(lease) ? answers : new Map([...answers].map(([call, answer]) => [call, unshared(answer)]));
    });
  }

  async #enforce(sharing: CallsOfRun<EnforcementCall>): Promise<Answers> {
    const calls = new EnforcementCalls(sharing);
    const [first] = calls.goingOn;
    if (first === undefined) return calls.refused;
    const { scope, command } = first;
    const preference = preferenceOf(command);
    const enforcement = { calls, command, preference, byChoice: staysByChoice(command) };
    // Needed only at the end. Asking now spares a round trip.
    const applications = applicationsOrNone(scope.access.directory('session:enforce'), this.ports, scope.requestId);
    const carriedOut = await this.#lookAndCarryOut(enforcement, applications);
    if (carriedOut === null) return calls.refused;
    const now = this.ports.clock.now();
    const answers = report(calls.goingOn, command, carriedOut, now, await applications);
    for (const [call, { outcome }] of answers) {
      if (outcome === 'LIMIT_REACHED' && !command.dryRun) await this.#publishLimitReached(call, now);
    }
    return new Map([...calls.refused, ...answers]);
  }

  /** @returns null when every call was refused. */
  async #lookAndCarryOut(enforcement: Enforcement, applications: Ending['applications']): Promise<CarriedOut | null> {
    const { calls, command, preference } = enforcement;
    await using claims = this.ports.claims.open(command.userId);
    claims.look();
    const view = await readLiveSessions(calls.gateway, calls.scope, command.userId, calls.keepSessionIds);
    await calls.judge(this.ports, view, claims);
    if (calls.goingOn.length === 0) return null;
    if (revokesSomething(command)) return await this.#carryOut(enforcement, view, applications, claims);
    const plan = planEnforcement(view.sessions, command.limit, { ...newestStay, ...preference });
    return { ...nothingEnded, plan, truncated: view.truncated };
  }

  /** Plans and revokes. Repeats both, from a new list, for a user with more sessions than one list holds. */
  async #carryOut(
    enforcement: Enforcement,
    firstView: LiveSessions,
    applications: Ending['applications'],
    claims: SessionView,
  ): Promise<CarriedOut | null> {
    const { calls, command } = enforcement;
    const firstClaimed = await claimPlan(this.ports, enforcement, firstView, claims, true);
    if (firstClaimed === null) return null;
    let claimed = firstClaimed;
    const ending = beginEnding(this.ports, calls.scope, calls.gateway, command, applications, claims);
    const revoked: RevokedSession[] = [];
    const alreadyEnded: Session[] = [];
    const endedIds = new Set<SessionId>();
    let unfinished: EndingOutcome['unfinished'] = [];
    for (let round = 1; ; round++) {
      const { plan, held, withheld } = claimed;
      const { truncated } = claimed.view;
      const ended = await endRequestedLast(plan, held, calls.keepSessionIds, command.limit, ending);
      const outcome = { ...ended, failures: [...ended.failures, ...withheld.map(({ id }) => withheldFailure(id))] };
      revoked.push(...outcome.revoked);
      alreadyEnded.push(...outcome.alreadyEnded);
      unfinished = distinctWarnings(unfinished, outcome.unfinished);
      for (const { id } of plan.surplus) endedIds.add(id);
      calls.forgetSessions(plan.surplus.map(({ id }) => id));
      const soFar = { plan, revoked, alreadyEnded, failures: outcome.failures, unfinished, truncated };

      const mayHideMore = truncated && plan.surplus.length > 0 && outcome.failures.length === 0;
      const next = mayHideMore && round < maxRounds ? await this.#nextOrNull(enforcement, endedIds, claims) : null;
      if (next === null) return soFar;
      const { requestId } = calls.scope;
      const progress = { requestId, userId: command.userId, round, revokedSoFar: revoked.length };
      this.ports.telemetry.enforcementGoesOn(progress);
      claimed = next;
    }
  }

  async #publishLimitReached({ scope, command }: EnforcementCall, occurredAt: Instant): Promise<void> {
    const { userId, limit } = command;
    const { tenantId } = scope;
    const [applicationId = null] = limitsOf(limit).flatMap(({ applicationIds }) => applicationIds ?? []);
    try {
      const about = { tenantId, userId, applicationId, sessionId: null, occurredAt };
      await this.ports.recorder.recordActivity('SESSION_LIMIT_EXCEEDED', about, null);
    } catch (error) {
      this.ports.telemetry.sideLookupFailed(error, scope.requestId);
    }
  }

  /**
   * Claims the plan of the next round; null to end the rounds. Earlier rounds must be reported, so a failure ends the
   * rounds and not the call. A session to keep that still lives stays in view even if it is not listed.
   */
  async #nextOrNull(
    enforcement: Enforcement,
    endedIds: ReadonlySet<SessionId>,
    claims: SessionView,
  ): Promise<Claimed | null> {
    const { calls, command } = enforcement;
    const required = calls.keepSessionIds.filter((id) => !endedIds.has(id));
    try {
      claims.look();
      const view = await readLiveSessions(calls.gateway, calls.scope, command.userId, required);
      return view.notLive.length > 0 ? null : await claimPlan(this.ports, enforcement, view, claims, false);
    } catch (error) {
      this.ports.telemetry.sideLookupFailed(error, calls.scope.requestId);
      return null;
    }
  }
}

type Answers = ReadonlyMap<EnforcementCall, EnforceSessionLimitResult>;

function unshared(answer: EnforceSessionLimitResult): EnforceSessionLimitResult {
  return { ...answer, warnings: [...answer.warnings, warnings.noSharedLock] };
}
