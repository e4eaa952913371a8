import pLimit from 'p-limit';
import type { EndedSession } from '../../domain/ended-session.js';
import { isUpstreamError, UpstreamTimeoutError } from '../../domain/errors.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { byCreation, isLive, type Session } from '../../domain/session.js';
import { byNewest, type SessionFilter, selectSessions } from '../../domain/session-query.js';
import { requireRecentSignIn } from '../authorization/recent-sign-in.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { keepSessionNotLive, type SessionWarning, tooLate, type UserError, warnings } from '../operation/results.js';
import { applicationsOrNone, describeEnded } from './describe-ended.js';
import {
  beginEnding,
  type Ending,
  type EndingCause,
  type EndingOutcome,
  type EndSessionsPorts,
  endSessions,
  failureOf,
  nothingEnded,
  type SessionRevocationFailure,
} from './end-sessions.js';
import { readLiveSessions } from './live-sessions.js';

export interface RevokeSessionsCommand extends EndingCause {
  readonly target: RevocationTarget;
  /** The most sessions that one call ends. */
  readonly maxRevocations: number;
  readonly dryRun: boolean;
}

export type RevocationTarget =
  /** These sessions, of whichever users. */
  | { readonly kind: 'sessions'; readonly ids: readonly SessionId[] }
  /** The live sessions of one user that match, but for the exceptions. */
  | {
      readonly kind: 'user';
      readonly userId: UserId;
      readonly filter: SessionFilter;
      readonly exceptIds: readonly SessionId[];
    };

export interface RevokeSessionsResult {
  readonly ended: readonly EndedSession[];
  readonly alreadyEndedIds: readonly SessionId[];
  readonly failures: readonly SessionRevocationFailure[];
  /** True when more sessions match than one call ends, or than FusionAuth lists. */
  readonly more: boolean;
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

const maxConcurrentLookups = 16;

/** Ends a set of sessions, oldest first. */
export class RevokeSessions {
  constructor(private readonly ports: EndSessionsPorts) {}

  async execute(scope: OperationScope, command: RevokeSessionsCommand): Promise<RevokeSessionsResult> {
    const gateway = scope.access.sessions('session:bulk');
    if (isOver(scope.time)) return { ...nothing, userErrors: [tooLate] };
    const applications = applicationsOrNone(scope.access.directory('session:bulk'), this.ports, scope.requestId);
    const selection = await this.#select(scope, gateway, command);
    if ('code' in selection) return { ...nothing, userErrors: [selection] };

    const chosen = selection.sessions.slice(0, command.maxRevocations);
    requireRecentSignIn(this.ports, scope.caller, 'session:bulk', chosen);
    const outcome = command.dryRun
      ? await this.#wouldEnd(chosen, command, applications)
      : await endSessions(chosen, beginEnding(this.ports, scope, gateway, command, applications));
    if (!command.dryRun) {
      for (const session of chosen) scope.reads.forgetSessions(session.userId, [session.id]);
    }

    const { truncated } = selection;
    const ended = outcome.revoked.map((revoked) => revoked.ended);
    const tokensLiveOn = ended.some(({ applicationId }) => applicationId !== null);
    return {
      ended,
      alreadyEndedIds: [...selection.endedIds, ...outcome.alreadyEnded.map(({ id }) => id)],
      failures: [...selection.failures, ...outcome.failures],
      more: selection.sessions.length > chosen.length || truncated,
      userErrors: [],
      warnings: [
        ...(tokensLiveOn ? [warnings.accessTokensStillValid] : []),
        ...(truncated ? [warnings.listingTruncated] : []),
      ],
    };
  }

  async #wouldEnd(
    sessions: readonly Session[],
    { reason }: EndingCause,
    applications: Ending['applications'],
  ): Promise<EndingOutcome> {
    const endedAt = this.ports.clock.now();
    const known = await applications;
    const describe = (session: Session) => describeEnded(session, reason, endedAt, null, known);
    return { ...nothingEnded, revoked: sessions.map((session) => ({ session, ended: describe(session) })) };
  }

  async #select(
    scope: OperationScope,
    gateway: SessionGateway,
    { target }: RevokeSessionsCommand,
  ): Promise<Selection | UserError> {
    return target.kind === 'user'
      ? this.#selectOfUser(scope, gateway, target)
      : this.#selectByIds(scope, gateway, target.ids);
  }

  async #selectOfUser(
    scope: OperationScope,
    gateway: SessionGateway,
    target: RevocationTarget & { kind: 'user' },
  ): Promise<Selection | UserError> {
    const { userId, filter, exceptIds } = target;
    const view = await readLiveSessions(gateway, scope, userId, exceptIds);
    if ('notLive' in view) return keepSessionNotLive(['input', 'exceptSessionIds']);
    const matching = selectSessions(view.sessions, filter, byNewest, this.ports.clock.now());
    const sessions = matching.filter(({ id }) => !exceptIds.includes(id)).sort(byCreation);
    return { ...emptySelection, sessions, truncated: view.truncated };
  }

  /** Each is looked up, because what is recorded and answered names its user and application. */
  async #selectByIds(
    { time, requestId }: OperationScope,
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
        if (session !== null && isLive(session, this.ports.clock.now())) sessions.push(session);
        else endedIds.push(id);
      } catch (error) {
        if (!isUpstreamError(error)) throw error;
        this.ports.onSideFailure(error, requestId);
        failures.push(failureOf(id, error));
      }
    };
    await Promise.all(distinct.map((id) => inTurn(() => lookUp(id))));
    return { ...emptySelection, sessions: sessions.sort(byCreation), endedIds, failures };
  }
}

interface Selection {
  /** To be ended, oldest first. */
  readonly sessions: readonly Session[];
  readonly endedIds: readonly SessionId[];
  readonly failures: readonly SessionRevocationFailure[];
  readonly truncated: boolean;
}

const emptySelection: Selection = { sessions: [], endedIds: [], failures: [], truncated: false };

const nothing: RevokeSessionsResult = {
  ended: [],
  alreadyEndedIds: [],
  failures: [],
  more: false,
  userErrors: [],
  warnings: [],
};
