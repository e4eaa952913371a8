import {
  type EnforcementPlan,
  groupOf,
  needsSerialising,
  type Preference,
  planEnforcement,
} from '../../domain/enforcement-plan.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { UserLock } from '../../domain/ports/user-lock.js';
import type { Instant, Session } from '../../domain/session.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { keepSessionNotLive, tooLate, type UserError, warnings } from '../operation/results.js';
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
import {
  changesAnything,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  preferenceOf,
} from './enforcement.js';
import { type CarriedOut, refused, replacementsIn, report } from './enforcement-report.js';

export interface EnforceSessionLimitPorts extends EndSessionsPorts {
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
 * the newest remain. The other preferences can change between two looks, so calls that use them take turns, with each
 * other and with those that need none.
 */
export class EnforceSessionLimit {
  constructor(private readonly ports: EnforceSessionLimitPorts) {}

  async execute(scope: OperationScope, command: EnforceSessionLimitCommand): Promise<EnforceSessionLimitResult> {
    const gateway = scope.access.sessions('session:enforce');
    const enforcement = { scope, gateway, command, preference: preferenceOf(command) };
    if (!changesAnything(command)) return this.#enforce(enforcement);

    const { userLock } = this.ports;
    const needsTurn = needsSerialising(enforcement.preference);
    const turn = needsTurn ? 'exclusive' : 'shared';
    const result = await userLock.run(command.userId, turn, () => this.#enforce(enforcement));
    return userLock.isShared || !needsTurn
      ? result
      : { ...result, warnings: [...result.warnings, warnings.noSharedLock] };
  }

  async #enforce(enforcement: Enforcement): Promise<EnforceSessionLimitResult> {
    const { scope, gateway, command, preference } = enforcement;
    if (isOver(scope.time)) return refused(command.userId, tooLate);
    // Needed at the end only, but asked for now, to cost no round trip of its own.
    const applications = applicationsOrNone(scope.access.directory('session:enforce'), this.ports, scope.requestId);
    const view = await readLiveSessions(gateway, scope, command.userId, command.keepSessionIds);
    if ('notLive' in view) return refused(command.userId, keepSessionNotLive(command.keepArgument));
    const contradiction = contradictionIn(command, view.sessions);
    if (contradiction !== null) return refused(command.userId, contradiction);

    const carriedOut = changesAnything(command)
      ? await this.#carryOut(enforcement, view, applications)
      : { ...nothingEnded, ...view, plan: planEnforcement(view.sessions, command.limit, preference) };
    const now = this.ports.clock.now();
    const result = report(command, carriedOut, now, await applications);
    if (result.outcome === 'LIMIT_REACHED' && !command.dryRun) await this.#tellLimitReached(enforcement, now);
    return result;
  }

  /** Plans and revokes. For a user with more sessions than one list holds, lists and does so again. */
  async #carryOut(
    enforcement: Enforcement,
    firstView: LiveSessions,
    applications: Ending['applications'],
  ): Promise<CarriedOut> {
    const { scope, gateway, command, preference } = enforcement;
    const { userId, limit } = command;
    const ending = beginEnding(this.ports, scope, gateway, command, applications);
    const revoked: RevokedSession[] = [];
    const alreadyEnded: Session[] = [];
    let view = firstView;
    for (let round = 1; ; round++) {
      const { truncated } = view;
      const plan = planEnforcement(view.sessions, limit, preference);
      const outcome = await endRequestedLast(plan, command, ending);
      revoked.push(...outcome.revoked);
      alreadyEnded.push(...outcome.alreadyEnded);
      const endedIds = plan.surplus.map(({ id }) => id);
      scope.reads.forgetSessions(userId, endedIds);

      const mayHideMore = truncated && plan.surplus.length > 0 && outcome.failures.length === 0;
      const next = mayHideMore && round < maxRounds ? await this.#viewOrNull(enforcement, endedIds) : null;
      if (next === null) return { plan, revoked, alreadyEnded, failures: outcome.failures, truncated };
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
  ): Promise<LiveSessions | null> {
    const required = command.keepSessionIds.filter((id) => !endedIds.includes(id));
    try {
      const view = await readLiveSessions(gateway, scope, command.userId, required);
      return 'notLive' in view ? null : view;
    } catch (error) {
      this.ports.onSideFailure(error, scope.requestId);
      return null;
    }
  }
}

interface Enforcement {
  readonly scope: OperationScope;
  readonly gateway: SessionGateway;
  readonly command: EnforceSessionLimitCommand;
  readonly preference: Preference;
}

/**
 * A session that the caller wanted to keep, and that a newer one supersedes, ends only when all others have: while it
 * lives, the same call can be made again to finish what failed.
 */
async function endRequestedLast(
  plan: EnforcementPlan,
  { keepSessionIds, limit }: EnforceSessionLimitCommand,
  ending: Ending,
): Promise<EndingOutcome> {
  const replacementOf = replacementsIn(plan, limit);
  const requested = plan.surplus.filter(({ id }) => keepSessionIds.includes(id));
  const others = await endSessions(
    plan.surplus.filter((session) => !requested.includes(session)),
    ending,
    replacementOf,
  );
  const [failure] = others.failures;
  const last =
    failure === undefined
      ? await endSessions(requested, ending, replacementOf)
      : { ...nothingEnded, failures: requested.map(({ id }) => ({ ...failure, sessionId: id })) };
  return {
    revoked: [...others.revoked, ...last.revoked],
    alreadyEnded: [...others.alreadyEnded, ...last.alreadyEnded],
    failures: [...others.failures, ...last.failures],
  };
}

/** Why the sessions to keep and the limit contradict each other, or null when they do not. */
function contradictionIn(
  { keepSessionIds, keepArgument, limit, onNewerSession }: EnforceSessionLimitCommand,
  sessions: readonly Session[],
): UserError | null {
  const seenInGroup = new Map<string, number>();
  for (const session of sessions.filter(({ id }) => keepSessionIds.includes(id))) {
    const group = groupOf(session, limit);
    const seen = (seenInGroup.get(group ?? '') ?? 0) + 1;
    seenInGroup.set(group ?? '', seen);
    // Keeping a session that the limit does not count would end all those it does.
    if (session.kind === 'sso') return contradiction(keepArgument, 'an SSO session, which no limit counts');
    if (group === null) return contradiction(keepArgument, 'a session that this limit does not count');
    if (seen > limit.maxSessions && onNewerSession === 'keepRequested') {
      return contradiction(keepArgument, 'more sessions than may stay');
    }
  }
  return null;
}

function contradiction(argument: readonly string[], problem: string): UserError {
  return {
    code: 'INVALID_ARGUMENT',
    message: `${argument.join('.')} names ${problem}. Nothing was revoked.`,
    field: argument,
  };
}
