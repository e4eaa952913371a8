import pLimit from 'p-limit';
import { busyUser, isUpstreamError, UpstreamTimeoutError } from '../../domain/errors.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionView } from '../../domain/ports/session-claims.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { type UserLock, wasAlone } from '../../domain/ports/user-lock.js';
import { byCreation, type Session } from '../../domain/session.js';
import { byNewest, selectSessions } from '../../domain/session-query.js';
import { settlesWithin } from '../../domain/within.js';
import { type RecentSignInPorts, requireRecentSignIn } from '../authorization/recent-sign-in.js';
import { type CommentPorts, requireComment } from '../authorization/required-comment.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { tooLate, warnings } from '../operation/results.js';
import type { CallsOfRun } from '../operation/shared-runs.js';
import { applicationsOrNone } from './describe-ended.js';
import { endSessions } from './end-sessions.js';
import { beginEnding, causeOf, type Ending, type EndingOutcome, type EndSessionsPorts } from './ending.js';
import { maxConcurrentLookups, readLiveSessions } from './live-sessions.js';
import { ssoSessionsOf } from './remaining-sso-sessions.js';
import {
  answersFrom,
  type RevocationCall,
  type RevokeSessionsCommand,
  scopeOf,
  type UserTarget,
} from './revocation-calls.js';
import { failureOf, heldFailure, type SessionRevocationFailure } from './revocation-failure.js';
import {
  emptySelection,
  nothing,
  notLive,
  type RevokeSessionsResult,
  reportRevocations,
  type Selection,
} from './revocation-report.js';
import { plannedEndings, UnconditionalClaims, type UnconditionalClaimsPorts } from './unconditional-claims.js';
import { wouldEnd } from './would-end.js';

export interface RevocationRunPorts
  extends EndSessionsPorts,
    UnconditionalClaimsPorts,
    RecentSignInPorts,
    CommentPorts {
  readonly userLock: UserLock;
}

/** The answer of calls whose turn came when they had no time left. */
export const tooLateToRevoke: RevokeSessionsResult = { ...nothing, userErrors: [tooLate] };

/** One run of ending a set of sessions, for all calls that share it. */
export class RevocationRun {
  constructor(private readonly ports: RevocationRunPorts) {}

  /** Answers each of the calls, which ask for the same. */
  async execute(calls: CallsOfRun<RevocationCall>): Promise<ReadonlyMap<RevocationCall, RevokeSessionsResult>> {
    const [{ command }] = calls;
    const scope = scopeOf(calls);
    if (isOver(scope.time)) return answersFrom(calls, tooLateToRevoke);
    const gateway = scope.access.sessions('session:bulk');
    const applications = applicationsOrNone(scope.access.directory('session:bulk'), this.ports, scope.requestId);
    return answersFrom(calls, await this.#revoke({ scope, calls, gateway, command, applications }));
  }

  async #revoke(run: Run): Promise<RevokeSessionsResult> {
    const { target, dryRun } = run.command;
    if (target.kind === 'sessions') return this.#endByIds(run, target.ids);
    if (target.exceptIds.length === 0 || dryRun) return this.#endOfUser(run, target);
    return this.ports.userLock.run(target.userId, async (lease) => {
      const result = await this.#endOthers(run, target);
      return wasAlone(lease) ? result : { ...result, warnings: [...result.warnings, warnings.noSharedLock] };
    });
  }

  async #endByIds(run: Run, ids: readonly SessionId[]): Promise<RevokeSessionsResult> {
    const { scope, gateway, command } = run;
    const found = await this.#selectByIds(scope, gateway, ids);
    const owners = found.sessions.filter(({ kind }) => kind === 'application').map(({ userId }) => userId);
    if (!command.includeSsoSessions) {
      const chosen = this.#choose(run, found);
      const [sso, outcome] = await Promise.all([this.#ssoOrNone(run, owners), this.#end(run, chosen)]);
      return reportRevocations({ ...found, sso }, chosen, outcome);
    }
    const sso = await ssoSessionsOf(gateway, owners);
    const named = new Set(found.sessions.map(({ id }) => id));
    const sessions = [...found.sessions, ...sso.filter(({ id }) => !named.has(id))].sort(byCreation);
    const selection = { ...found, sessions, sso };
    const chosen = this.#choose(run, selection);
    const result = reportRevocations(selection, chosen, await this.#end(run, chosen));
    const isNobodyKnown = found.sessions.length === 0 && found.endedIds.length > 0;
    return isNobodyKnown ? { ...result, warnings: [...result.warnings, warnings.ssoSessionsNotSought] } : result;
  }

  async #endOfUser(run: Run, target: UserTarget): Promise<RevokeSessionsResult> {
    const selection = await this.#selectOfUser(run, target);
    if (selection === null) return notLive;
    const chosen = this.#choose(run, selection);
    return reportRevocations(selection, chosen, await this.#end(run, chosen));
  }

  async #endOthers(run: Run, target: UserTarget): Promise<RevokeSessionsResult> {
    const { scope, command } = run;
    await using claims = this.ports.claims.open(target.userId);
    const deadline = performance.now() + this.ports.maxTurnWaitMs;
    for (;;) {
      claims.look();
      const selection = await this.#selectOfUser(run, target);
      if (selection === null || target.exceptIds.some((id) => claims.isInDoubt(id))) return notLive;
      const chosen = this.#choose(run, selection);
      const ends = plannedEndings(chosen, scope.tenantId);
      const cause = causeOf(scope, command);
      const collision = await claims.claim({ rule: 'byChoice', keeps: target.exceptIds, ends, cause });
      if (collision === null) {
        return reportRevocations(selection, chosen, await this.#endClaimed(run, chosen, claims));
      }
      if (!(await settlesWithin(collision.over, deadline - performance.now()))) throw busyUser();
    }
  }

  #choose({ scope, command }: Run, { sessions }: Selection): readonly Session[] {
    const chosen = sessions.slice(0, command.maxRevocations);
    requireRecentSignIn(this.ports, scope.caller, 'session:bulk', chosen);
    const owners = chosen.map(({ userId }) => userId);
    if (!command.dryRun) requireComment(this.ports, scope.caller, command.comment, owners, ['input', 'comment']);
    return chosen;
  }

  async #end(run: Run, chosen: readonly Session[]): Promise<EndingOutcome> {
    const { scope, command, applications } = run;
    if (command.dryRun) return wouldEnd(this.ports, chosen, command, applications);
    await using claims = await UnconditionalClaims.take(this.ports, chosen, scope, causeOf(scope, command));
    const free = chosen.filter((session) => !claims.isHeld(session));
    const held = chosen.filter((session) => claims.isHeld(session)).map(({ id }) => heldFailure(id));
    const outcome = await this.#endClaimed(run, free, claims);
    return { ...outcome, failures: [...outcome.failures, ...held] };
  }

  async #endClaimed(
    { scope, calls, gateway, command, applications }: Run,
    sessions: readonly Session[],
    claims: Pick<SessionView, 'isAnnounced' | 'settle'>,
  ): Promise<EndingOutcome> {
    const ending = beginEnding(this.ports, scope, gateway, command, applications, claims);
    const outcome = await endSessions(sessions, ending);
    for (const { reads } of calls.map((call) => call.scope)) {
      for (const { userId, id } of sessions) reads.forgetSessions(userId, [id]);
    }
    return outcome;
  }

  /** @returns null when one of the sessions to spare is not a live session of this user. */
  async #selectOfUser({ scope, gateway, command }: Run, target: UserTarget): Promise<Selection | null> {
    const { userId, filter } = target;
    const view = await readLiveSessions(gateway, scope, userId, target.exceptIds);
    if (view.notLive.length > 0) return null;
    const exceptIds = new Set(target.exceptIds);
    const matching = new Set(selectSessions(view.sessions, filter, byNewest, this.ports.clock.now()));
    const sso = view.sessions.filter(({ kind, id }) => kind === 'sso' && !exceptIds.has(id));
    const sessions = view.sessions
      .filter((one) => matching.has(one) || (command.includeSsoSessions && one.kind === 'sso'))
      .filter(({ id }) => !exceptIds.has(id))
      .sort(byCreation);
    return { ...emptySelection, sessions, truncated: view.truncated, sso };
  }

  /** The lists only decide whether to warn, so one that cannot be read must not hide endings. */
  async #ssoOrNone({ scope, gateway }: Run, owners: readonly UserId[]): Promise<readonly Session[]> {
    try {
      return await ssoSessionsOf(gateway, owners);
    } catch (error) {
      this.ports.telemetry.sideLookupFailed(error, scope.requestId);
      return [];
    }
  }

  /** Each session is looked up, because the record and the answer name its user and application. */
  async #selectByIds(
    { time, requestId }: Pick<EndingScope, 'time' | 'requestId'>,
    gateway: SessionGateway,
    ids: readonly SessionId[],
  ): Promise<Selection> {
    const distinct = [...new Set(ids)];
    const inTurn = pLimit(maxConcurrentLookups);
    const sessions: Session[] = [];
    const endedIds: SessionId[] = [];
    const failures: SessionRevocationFailure[] = [];
    const lookUp = async (id: SessionId) => {
      try {
        if (isOver(time)) throw new UpstreamTimeoutError(false);
        const session = await gateway.findSession(id);
        if (session !== null) sessions.push(session);
        else endedIds.push(id);
      } catch (error) {
        if (!isUpstreamError(error)) throw error;
        this.ports.telemetry.sideLookupFailed(error, requestId);
        failures.push(failureOf(id, error));
      }
    };
    await Promise.all(distinct.map((id) => inTurn(() => lookUp(id))));
    return { ...emptySelection, sessions: sessions.sort(byCreation), endedIds, failures };
  }
}

interface Run {
  readonly scope: EndingScope;
  /** The calls that share the run. */
  readonly calls: CallsOfRun<RevocationCall>;
  readonly gateway: SessionGateway;
  readonly command: RevokeSessionsCommand;
  readonly applications: Ending['applications'];
}
