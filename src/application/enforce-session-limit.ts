import { groupOf, needsSerialising, type Preference, planEnforcement } from '../domain/enforcement-plan.js';
import { isUpstreamError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { SessionGateway, UserLock } from '../domain/ports.js';
import type { Session } from '../domain/session.js';
import { applicationsOrNone, type EndSessionsPorts, endSessions } from './end-sessions.js';
import {
  changesAnything,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  preferenceOf,
} from './enforcement.js';
import { type CarriedOut, refused, report } from './enforcement-report.js';
import { type LiveSessions, readLiveSessions } from './live-sessions.js';
import type { OperationScope } from './operation-scope.js';
import { isOver } from './operation-time.js';
import { keepSessionNotLive, tooLate, type UserError, warnings } from './results.js';

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
 * the newest remain. The other preferences can change between two looks, so calls that use them take turns.
 */
export class EnforceSessionLimit {
  constructor(private readonly ports: EnforceSessionLimitPorts) {}

  async execute(scope: OperationScope, command: EnforceSessionLimitCommand): Promise<EnforceSessionLimitResult> {
    const gateway = scope.access.sessions('session:enforce');
    const preference = preferenceOf(command);
    if (!changesAnything(command) || !needsSerialising(preference))
      return this.#enforce(scope, gateway, command, preference);

    const { userLock } = this.ports;
    const result = await userLock.run(command.userId, () => this.#enforce(scope, gateway, command, preference));
    return userLock.isShared ? result : { ...result, warnings: [...result.warnings, warnings.noSharedLock] };
  }

  async #enforce(
    scope: OperationScope,
    gateway: SessionGateway,
    command: EnforceSessionLimitCommand,
    preference: Preference,
  ): Promise<EnforceSessionLimitResult> {
    if (isOver(scope.time)) return refused(command.userId, tooLate);
    // Needed at the end only, but asked for now, to cost no round trip of its own.
    const applications = applicationsOrNone(scope.access.directory('session:enforce'));
    const view = await readLiveSessions(gateway, scope, command.userId, command.keepSessionIds);
    if ('notLive' in view) return refused(command.userId, keepSessionNotLive(command.keepArgument));
    const contradiction = contradictionIn(command, view.sessions);
    if (contradiction !== null) return refused(command.userId, contradiction);

    const carriedOut = changesAnything(command)
      ? await this.#carryOut(scope, gateway, command, preference, view)
      : { ...view, plan: planEnforcement(view.sessions, command.limit, preference), revoked: [], failures: [] };
    return report(command, carriedOut, this.ports.clock.now(), await applications);
  }

  /** Plans and revokes. For a user with more sessions than one list holds, lists and does so again. */
  async #carryOut(
    scope: OperationScope,
    gateway: SessionGateway,
    command: EnforceSessionLimitCommand,
    preference: Preference,
    firstView: LiveSessions,
  ): Promise<CarriedOut> {
    const { userId, limit } = command;
    const revoked: Session[] = [];
    let view = firstView;
    for (let round = 1; ; round++) {
      const { truncated } = view;
      const plan = planEnforcement(view.sessions, limit, preference);
      const outcome = await endSessions(this.ports, scope, gateway, plan.surplus, command);
      revoked.push(...outcome.revoked);
      scope.reads.forgetSessions(
        userId,
        plan.surplus.map(({ id }) => id),
      );
      const mayHideMore = truncated && plan.surplus.length > 0 && outcome.failures.length === 0;
      const next = mayHideMore && round < maxRounds ? await this.#viewOrNull(scope, gateway, userId) : null;
      if (next === null) return { plan, revoked, failures: outcome.failures, truncated };
      this.ports.onRound({ requestId: scope.requestId, userId, round, revokedSoFar: revoked.length });
      view = next;
    }
  }

  /** What earlier rounds have done must be reported, so a list that cannot be read ends the rounds, not the call. */
  async #viewOrNull(scope: OperationScope, gateway: SessionGateway, userId: UserId): Promise<LiveSessions | null> {
    try {
      const view = await readLiveSessions(gateway, scope, userId, []);
      return 'notLive' in view ? null : view;
    } catch (error) {
      if (isUpstreamError(error)) return null;
      throw error;
    }
  }
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
