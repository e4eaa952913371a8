import { type EnforcementPlan, needsSerialising, newestStay, planEnforcement } from '../../domain/enforcement-plan.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionView } from '../../domain/ports/session-claims.js';
import { type Lease, type UserLock, wasAlone } from '../../domain/ports/user-lock.js';
import type { Instant, Session } from '../../domain/session.js';
import { requireDetails } from '../authorization/session-details.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { distinctWarnings, tooLate, warnings } from '../operation/results.js';
import { applicationsOrNone } from '../revocation/describe-ended.js';
import {
  beginEnding,
  type Ending,
  type EndingOutcome,
  type EndSessionsPorts,
  endSessions,
  nothingEnded,
  type RevokedSession,
} from '../revocation/end-sessions.js';
import { type LiveSessions, readLiveSessions } from '../revocation/live-sessions.js';
import { heldFailure, type SessionRevocationFailure } from '../revocation/revocation-failure.js';
import {
  changesAnything,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  preferenceOf,
} from './enforcement.js';
import { type ClaimPorts, claimPlan, type Enforcement, type Refusal } from './enforcement-claims.js';
import { refusalOf } from './enforcement-keeps.js';
import { type CarriedOut, refused, replacementsIn, report } from './enforcement-report.js';

export interface EnforceSessionLimitPorts extends EndSessionsPorts, ClaimPorts {
  readonly userLock: UserLock;
  /** Told after each round of listing and ending that has to be followed by another one. */
  readonly onRound: (progress: RoundProgress) => void;
}

export interface RoundProgress {
  readonly requestId: string;
  readonly userId: UserId;
  readonly round: number;
  readonly revokedSoFar: number;
}

/** After this many rounds, a user with more sessions than one list holds is left as PARTIAL. */
const maxRounds = 20;

/**
 * Leaves a user with at most `limit.maxSessions` live sessions in each group: lists, plans, and revokes by id.
 *
 * Where the newest stay, any number of these may run at once, in any interleaving and in any number of processes: a
 * session among the final newest is never revoked, and once the last of them has listed after the last login, exactly
 * the newest remain. The other preferences can change between two looks, so calls that use them take turns with each
 * other, and hold what they keep while they end the rest. Calls of the default rule wait for neither: one that was to
 * end a session that is held at this moment waits a little, and looks again.
 */
export class EnforceSessionLimit {
  constructor(private readonly ports: EnforceSessionLimitPorts) {}

  async execute(scope: OperationScope, command: EnforceSessionLimitCommand): Promise<EnforceSessionLimitResult> {
    const gateway = scope.access.sessions('session:enforce');
    const { dryRun, limit, userId } = command;
    if (dryRun && limit.deviceTypes !== null) requireDetails(scope.caller, userId, 'input.deviceTypes');
    const preference = preferenceOf(command);
    const byChoice = needsSerialising(preference);
    const enforcement = { scope, gateway, command, preference, byChoice };
    if (!changesAnything(command) || !byChoice) return this.#enforce(enforcement);

    const { userLock } = this.ports;
    const enforceInTurn = async (lease: Lease) => {
      const result = await this.#enforce(enforcement);
      return wasAlone(lease) ? result : { ...result, warnings: [...result.warnings, warnings.noSharedLock] };
    };
    return userLock.run(command.userId, enforceInTurn);
  }

  async #enforce(enforcement: Enforcement): Promise<EnforceSessionLimitResult> {
    const { scope, command } = enforcement;
    if (isOver(scope.time)) return refused(command.userId, tooLate);
    // Needed at the end only, but asked for now, to cost no round trip of its own.
    const applications = applicationsOrNone(scope.access.directory('session:enforce'), this.ports, scope.requestId);
    const carriedOut = await this.#lookAndCarryOut(enforcement, applications);
    if ('refusal' in carriedOut) return carriedOut.refusal;
    const now = this.ports.clock.now();
    const result = report(command, carriedOut, now, await applications);
    if (result.outcome === 'LIMIT_REACHED' && !command.dryRun) await this.#tellLimitReached(enforcement, now);
    return result;
  }

  async #lookAndCarryOut(
    enforcement: Enforcement,
    applications: Ending['applications'],
  ): Promise<CarriedOut | Refusal> {
    const { scope, gateway, command, preference, byChoice } = enforcement;
    await using claims = this.ports.claims.open(command.userId);
    claims.look();
    const view = await readLiveSessions(gateway, scope, command.userId, command.keepSessionIds);
    const refusal = await refusalOf(this.ports, scope, command, byChoice, view, claims);
    if (refusal !== null) return { refusal };
    if (changesAnything(command)) return await this.#carryOut(enforcement, view, applications, claims);
    const plan = planEnforcement(view.sessions, command.limit, { ...newestStay, ...preference });
    return { ...nothingEnded, plan, truncated: view.truncated };
  }

  /** Plans and revokes. For a user with more sessions than one list holds, lists and does so again. */
  async #carryOut(
    enforcement: Enforcement,
    firstView: LiveSessions,
    applications: Ending['applications'],
    claims: SessionView,
  ): Promise<CarriedOut | Refusal> {
    const { scope, gateway, command } = enforcement;
    const { userId } = command;
    const ending = beginEnding(this.ports, scope, gateway, command, applications, claims);
    const revoked: RevokedSession[] = [];
    const alreadyEnded: Session[] = [];
    let unfinished: EndingOutcome['unfinished'] = [];
    let view = firstView;
    for (let round = 1; ; round++) {
      const claimed = await claimPlan(this.ports, enforcement, view, claims, round === 1);
      if ('refusal' in claimed) {
        if (round === 1) return claimed;
        // What earlier rounds have done must be reported.
        return {
          plan: planEnforcement(view.sessions, command.limit),
          revoked,
          alreadyEnded,
          failures: [],
          unfinished,
          truncated: true,
        };
      }
      const { plan, held } = claimed;
      const { truncated } = claimed.view;
      const outcome = await endRequestedLast(plan, held, command, ending);
      revoked.push(...outcome.revoked);
      alreadyEnded.push(...outcome.alreadyEnded);
      unfinished = distinctWarnings(unfinished, outcome.unfinished);
      const endedIds = plan.surplus.map(({ id }) => id);
      scope.reads.forgetSessions(userId, endedIds);

      const mayHideMore = truncated && plan.surplus.length > 0 && outcome.failures.length === 0;
      const next = mayHideMore && round < maxRounds ? await this.#viewOrNull(enforcement, endedIds, claims) : null;
      if (next === null) return { plan, revoked, alreadyEnded, failures: outcome.failures, unfinished, truncated };
      this.ports.onRound({ requestId: scope.requestId, userId, round, revokedSoFar: revoked.length });
      view = next;
    }
  }

  async #tellLimitReached({ scope, command }: Enforcement, occurredAt: Instant): Promise<void> {
    const { userId, limit } = command;
    const { tenantId } = scope;
    const { applicationId } = limit;
    try {
      const about = { tenantId, userId, applicationId, sessionId: null, occurredAt };
      await this.ports.recorder.recordActivity('SESSION_LIMIT_EXCEEDED', about, null);
    } catch (error) {
      this.ports.onSideFailure(error, scope.requestId);
    }
  }

  /**
   * The sessions as they are after a round. What earlier rounds have done must be reported, so a list that cannot be
   * read ends the rounds, not the call. A session to keep that still lives stays in view even if it is not listed.
   */
  async #viewOrNull(
    { scope, gateway, command }: Enforcement,
    endedIds: readonly SessionId[],
    claims: SessionView,
  ): Promise<LiveSessions | null> {
    const required = command.keepSessionIds.filter((id) => !endedIds.includes(id));
    try {
      claims.look();
      const view = await readLiveSessions(gateway, scope, command.userId, required);
      return view.notLive.length > 0 ? null : view;
    } catch (error) {
      this.ports.onSideFailure(error, scope.requestId);
      return null;
    }
  }
}

/**
 * A session that the caller wanted to keep, and that a newer one supersedes, ends only when all others have: while it
 * lives, the same call can be made again to finish what failed.
 */
async function endRequestedLast(
  plan: EnforcementPlan,
  held: ReadonlySet<SessionId>,
  { keepSessionIds, limit }: EnforceSessionLimitCommand,
  ending: Ending,
): Promise<EndingOutcome> {
  const replacementOf = replacementsIn(plan, limit);
  const requestedIds = new Set(keepSessionIds);
  const requested = plan.surplus.filter(({ id }) => requestedIds.has(id));
  const free = plan.surplus.filter(({ id }) => !requestedIds.has(id) && !held.has(id));
  const heldFailures = plan.surplus
    .filter(({ id }) => held.has(id) && !requestedIds.has(id))
    .map(({ id }) => heldFailure(id));
  const ended = await endSessions(free, ending, replacementOf);
  const others = { ...ended, failures: [...ended.failures, ...heldFailures] };
  const [failure] = [
    ...others.failures,
    ...requested.filter(({ id }) => held.has(id)).map(({ id }) => heldFailure(id)),
  ];
  const last = failure === undefined ? await endSessions(requested, ending, replacementOf) : leave(requested, failure);
  return {
    revoked: [...others.revoked, ...last.revoked],
    alreadyEnded: [...others.alreadyEnded, ...last.alreadyEnded],
    failures: [...others.failures, ...last.failures],
    unfinished: distinctWarnings(others.unfinished, last.unfinished),
  };

  function leave(sessions: readonly Session[], because: SessionRevocationFailure): EndingOutcome {
    for (const { id } of sessions) ending.claims.settle(id, 'lives');
    return { ...nothingEnded, failures: sessions.map(({ id }) => ({ ...because, sessionId: id })) };
  }
}
