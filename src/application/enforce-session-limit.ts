import type { EndedSession } from '../domain/ended-session.js';
import { type EnforcementPlan, planEnforcement, type SessionLimit } from '../domain/enforcement-plan.js';
import type { SessionId, UserId } from '../domain/ids.js';
import { isLive, newestFirst, type Session } from '../domain/session.js';
import { requirePermission } from './authorization.js';
import {
  applicationsOrNone,
  describeEnded,
  type EndingCause,
  type EndSessionsPorts,
  endSessions,
  type SessionRevocationFailure,
} from './end-sessions.js';
import type { OperationScope } from './operation-scope.js';
import { type SessionWarning, type UserError, warnings } from './results.js';

export interface EnforceSessionLimitCommand extends EndingCause {
  readonly userId: UserId;
  readonly limit: SessionLimit;
  /** The session the caller has just created, or null. */
  readonly keepSessionId: SessionId | null;
  readonly dryRun: boolean;
}

export type EnforcementOutcome =
  | 'ENFORCED'
  | 'WITHIN_LIMIT'
  | 'NO_SESSIONS'
  | 'SUPERSEDED'
  | 'PARTIAL'
  | 'WOULD_ENFORCE';

export interface EnforceSessionLimitResult {
  readonly userId: UserId;
  /** Null when nothing was attempted; userErrors says why. */
  readonly outcome: EnforcementOutcome | null;
  /** What the limit lets stay, newest first. */
  readonly kept: readonly Session[];
  /** Every session still live after the call, also those the limit is not about, newest first. */
  readonly live: readonly Session[];
  /** Oldest first. */
  readonly ended: readonly EndedSession[];
  readonly failures: readonly SessionRevocationFailure[];
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

/** After this many rounds of listing and ending, a user with more sessions than one list holds is left as PARTIAL. */
const maxRounds = 20;

/**
 * Leaves a user with at most `limit.maxSessions` live sessions: lists, plans, and revokes by id.
 *
 * Any number of these may run at once, in any interleaving and in any number of processes: a session among the final
 * newest is never revoked, and once the last of them has listed after the last login, exactly the newest remain.
 */
export class EnforceSessionLimit {
  constructor(private readonly ports: EndSessionsPorts) {}

  async execute(scope: OperationScope, command: EnforceSessionLimitCommand): Promise<EnforceSessionLimitResult> {
    requirePermission(scope.caller, 'session:enforce');
    const applications = applicationsOrNone(this.ports.directory);

    const revoked: Session[] = [];
    const failures: SessionRevocationFailure[] = [];
    for (let round = 1; ; round++) {
      const view = await this.#look(command);
      if ('code' in view) return refused(command.userId, view);

      const plan = planEnforcement(view.sessions, command.limit);
      if (!command.dryRun && plan.surplus.length > 0) {
        const outcome = await endSessions(this.ports, scope, plan.surplus, command);
        revoked.push(...outcome.revoked);
        failures.push(...outcome.failures);
      }
      const mayHideMore = view.truncated && plan.surplus.length > 0 && failures.length === 0;
      if (mayHideMore && !command.dryRun && round < maxRounds) continue;

      scope.reads.forgetSessions(
        command.userId,
        [...revoked, ...plan.surplus].map(({ id }) => id),
      );
      const endedAt = this.ports.clock.now();
      const known = await applications;
      const ended = (command.dryRun ? plan.surplus : revoked).map((session) =>
        describeEnded(session, command, endedAt, replacementOf(session, plan, command.limit), known),
      );
      return {
        userId: command.userId,
        outcome: outcomeOf(command, plan, { revoked, failures, truncated: view.truncated }),
        kept: plan.kept,
        live: [...plan.kept, ...plan.spared].sort(newestFirst),
        ended,
        failures,
        userErrors: [],
        warnings: warningsOf(command.limit, plan, ended, view.truncated),
      };
    }
  }

  /** The user's live sessions as they are now, with the session to keep among them, or why they cannot be judged. */
  async #look({ userId, keepSessionId, limit }: EnforceSessionLimitCommand): Promise<View | UserError> {
    const { sessions: gateway, clock } = this.ports;
    const isLiveNow = (session: Session) => isLive(session, clock.now());
    const listed = await gateway.listSessions(userId);
    const live = listed.sessions.filter(isLiveNow);
    if (keepSessionId === null) return { sessions: live, truncated: listed.truncated };

    const kept = live.find(({ id }) => id === keepSessionId);
    if (kept !== undefined) return outOfScope(kept, limit) ?? { sessions: live, truncated: listed.truncated };

    // A session created a moment ago can be missing from a list read from a replica that lags behind, and an old one
    // from a list that is cut. What is known by its id is looked at together with a second list.
    const found = await gateway.findSession(keepSessionId);
    if (found === null || found.userId !== userId || !isLiveNow(found)) return keepSessionNotLive;
    const refusal = outOfScope(found, limit);
    if (refusal !== null) return refusal;
    const again = await gateway.listSessions(userId);
    const others = again.sessions.filter((session) => session.id !== found.id && isLiveNow(session));
    return { sessions: [found, ...others], truncated: again.truncated };
  }
}

interface View {
  readonly sessions: readonly Session[];
  readonly truncated: boolean;
}

/** The same words whether it never existed, has ended or is somebody else's: a caller cannot probe for sessions. */
const keepSessionNotLive: UserError = {
  code: 'KEEP_SESSION_NOT_LIVE',
  message: 'keepSessionId is not a live session of this user. Nothing was revoked.',
  field: ['keepSessionId'],
};

/** Keeping a session that the limit is not about would end all those it is about. */
function outOfScope(session: Session, limit: SessionLimit): UserError | null {
  const isInScope =
    session.kind === 'application' && (limit.applicationId === null || session.applicationId === limit.applicationId);
  if (isInScope) return null;
  const problem =
    session.kind === 'sso' ? 'is an SSO session' : 'is a session of another application than applicationId';
  return {
    code: 'INVALID_ARGUMENT',
    message: `keepSessionId ${problem}, which this limit does not count. Nothing was revoked.`,
    field: ['keepSessionId'],
  };
}

function refused(userId: UserId, userError: UserError): EnforceSessionLimitResult {
  const nothing = { kept: [], live: [], ended: [], failures: [], warnings: [] };
  return { userId, outcome: null, userErrors: [userError], ...nothing };
}

interface Progress {
  readonly revoked: readonly Session[];
  readonly failures: readonly SessionRevocationFailure[];
  readonly truncated: boolean;
}

function outcomeOf(
  { keepSessionId, dryRun }: EnforceSessionLimitCommand,
  { kept, surplus }: EnforcementPlan,
  { revoked, failures, truncated }: Progress,
): EnforcementOutcome {
  if (dryRun && surplus.length > 0) return 'WOULD_ENFORCE';
  if (failures.length > 0 || truncated) return 'PARTIAL';
  if (keepSessionId !== null && !kept.some(({ id }) => id === keepSessionId)) return 'SUPERSEDED';
  if (surplus.length > 0 || revoked.length > 0) return 'ENFORCED';
  return kept.length > 0 ? 'WITHIN_LIMIT' : 'NO_SESSIONS';
}

function replacementOf(session: Session, { kept }: EnforcementPlan, { scope }: SessionLimit): Session | null {
  const replacement = kept.find(
    (one) => one.kind === session.kind && (scope === 'user' || one.applicationId === session.applicationId),
  );
  return replacement ?? null;
}

function warningsOf(
  { ssoSessions }: SessionLimit,
  { spared }: EnforcementPlan,
  ended: readonly EndedSession[],
  truncated: boolean,
): readonly SessionWarning[] {
  const found: SessionWarning[] = [];
  const applicationSessionsEnded = ended.some(({ applicationId }) => applicationId !== null);
  if (applicationSessionsEnded) found.push(warnings.accessTokensStillValid);
  if (applicationSessionsEnded && ssoSessions === 'keepAll' && spared.some(({ kind }) => kind === 'sso')) {
    found.push(warnings.ssoSessionsRemain);
  }
  if (truncated) found.push(warnings.listingTruncated);
  return found;
}
