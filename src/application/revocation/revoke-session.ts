import type { EndedSession } from '../../domain/ended-session.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { byCreation, type Session } from '../../domain/session.js';
import { type RecentSignInPorts, requireRecentSignIn } from '../authorization/recent-sign-in.js';
import { type CommentPorts, requireComment } from '../authorization/required-comment.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { type SessionWarning, tooLate, type UserError, warnings } from '../operation/results.js';
import { applicationsOrNone } from './describe-ended.js';
import { endSessions } from './end-sessions.js';
import {
  beginEnding,
  causeOf,
  type Ending,
  type EndingCause,
  type EndingOutcome,
  type EndSessionsPorts,
} from './ending.js';
import { ssoSessionsOf } from './remaining-sso-sessions.js';
import { heldFailure, type SessionRevocationFailure } from './revocation-failure.js';
import { UnconditionalClaims, type UnconditionalClaimsPorts } from './unconditional-claims.js';
import { wouldEnd } from './would-end.js';

interface RevokeSessionCommand extends EndingCause {
  readonly sessionId: SessionId;
  /** When set, the session must be this user's. */
  readonly userId: UserId | null;
  /** Whether the SSO sessions of the same user end, too. */
  readonly includeSsoSessions: boolean;
  readonly dryRun: boolean;
}

export interface RevokeSessionResult {
  /** Null when nothing was attempted or the attempt failed; userErrors says why. */
  readonly outcome: 'REVOKED' | 'ALREADY_ENDED' | 'WOULD_REVOKE' | null;
  /** The session as it was, or null when it had ended already. */
  readonly session: Session | null;
  readonly ended: EndedSession | null;
  /** SSO sessions that ended with it, oldest first. */
  readonly endedSso: readonly EndedSession[];
  /** SSO sessions that should have ended with it. */
  readonly failures: readonly SessionRevocationFailure[];
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

export interface RevokeSessionPorts
  extends EndSessionsPorts,
    UnconditionalClaimsPorts,
    RecentSignInPorts,
    CommentPorts {}

/** Ends one session. Ending one that is already gone succeeds. */
export class RevokeSession {
  constructor(private readonly ports: RevokeSessionPorts) {}

  async execute(scope: EndingScope, command: RevokeSessionCommand): Promise<RevokeSessionResult> {
    const gateway = scope.access.sessions('session:revoke');
    if (isOver(scope.time)) return { ...nothing, userErrors: [tooLate] };
    const applications = applicationsOrNone(scope.access.directory('session:revoke'), this.ports, scope.requestId);
    const session = await gateway.findSession(command.sessionId);
    if (session === null) return this.#endSsoOnly(scope, gateway, command, applications);
    if (command.userId !== null && command.userId !== session.userId) return { ...nothing, userErrors: [notFound] };

    requireRecentSignIn(this.ports, scope.caller, 'session:revoke', [session]);
    if (!command.dryRun) requireComment(this.ports, scope.caller, command.comment, [session.userId], ['comment']);
    const listing = this.#ssoBeside(scope, gateway, session, command);
    const sso = command.includeSsoSessions ? ((await listing) ?? []) : [];
    if (sso.length > 0) requireRecentSignIn(this.ports, scope.caller, 'session:revoke', sso);
    const sessions = [session, ...sso];
    const outcome = command.dryRun
      ? await wouldEnd(this.ports, sessions, command, applications)
      : await this.#end(scope, gateway, sessions, command, applications);
    const remaining = command.includeSsoSessions
      ? sso.filter(({ id }) => failed(outcome, id))
      : ((await listing) ?? []);
    return resultOf(command, session, outcome, remaining.length > 0);
  }

  /**
   * When the session has ended: the SSO sessions that were to end with it end all the same, so that calling again finishes
   * what failed at first. FusionAuth no longer says whose session it was, so that takes the caller's word.
   */
  async #endSsoOnly(
    scope: EndingScope,
    gateway: SessionGateway,
    command: RevokeSessionCommand,
    applications: Ending['applications'],
  ): Promise<RevokeSessionResult> {
    const { userId, includeSsoSessions, dryRun, comment } = command;
    const sso = userId === null || !includeSsoSessions ? [] : [...(await ssoSessionsOf(gateway, [userId]))];
    if (userId === null || sso.length === 0) {
      const isUnknown = includeSsoSessions && userId === null;
      return { ...nothing, outcome: 'ALREADY_ENDED', warnings: isUnknown ? [warnings.ssoSessionsNotSought] : [] };
    }
    requireRecentSignIn(this.ports, scope.caller, 'session:revoke', sso);
    if (!dryRun) requireComment(this.ports, scope.caller, comment, [userId], ['comment']);
    sso.sort(byCreation);
    const { revoked, failures, unfinished } = dryRun
      ? await wouldEnd(this.ports, sso, command, applications)
      : await this.#end(scope, gateway, sso, command, applications);
    return {
      ...nothing,
      outcome: 'ALREADY_ENDED',
      endedSso: revoked.map(({ ended }) => ended),
      failures,
      warnings: [...(failures.length > 0 ? [warnings.ssoSessionsRemain] : []), ...unfinished],
    };
  }

  /**
   * The user's other SSO sessions. When they are to end, the list has to succeed. When they only decide whether to
   * warn, it is read beside the revocation, and null when it cannot be read.
   */
  async #ssoBeside(
    { requestId }: Pick<EndingScope, 'requestId'>,
    gateway: SessionGateway,
    { id, userId, kind }: Session,
    { includeSsoSessions }: RevokeSessionCommand,
  ): Promise<readonly Session[] | null> {
    if (kind === 'sso' && !includeSsoSessions) return [];
    try {
      const sso = await ssoSessionsOf(gateway, [userId]);
      return sso.filter((one) => one.id !== id).sort(byCreation);
    } catch (error) {
      if (includeSsoSessions) throw error;
      this.ports.telemetry.sideLookupFailed(error, requestId);
      return null;
    }
  }

  async #end(
    scope: EndingScope,
    gateway: SessionGateway,
    sessions: readonly Session[],
    cause: EndingCause,
    applications: Ending['applications'],
  ): Promise<EndingOutcome> {
    await using claims = await UnconditionalClaims.take(this.ports, sessions, scope, causeOf(scope, cause));
    const ending = beginEnding(this.ports, scope, gateway, cause, applications, claims);
    const free = sessions.filter((session) => !claims.isHeld(session));
    const outcome = await endSessions(free, ending);
    for (const { userId, id } of sessions) scope.reads.forgetSessions(userId, [id]);
    const held = sessions.filter((session) => claims.isHeld(session)).map(({ id }) => heldFailure(id));
    return { ...outcome, failures: [...outcome.failures, ...held] };
  }
}

function failed({ failures }: EndingOutcome, id: SessionId): boolean {
  return failures.some(({ sessionId }) => sessionId === id);
}

function resultOf(
  { dryRun }: RevokeSessionCommand,
  session: Session,
  { revoked, alreadyEnded, failures, unfinished }: EndingOutcome,
  ssoRemain: boolean,
): RevokeSessionResult {
  const result = {
    ...nothing,
    warnings: unfinished,
    endedSso: revoked.filter((one) => one.session !== session).map(({ ended }) => ended),
    failures: failures.filter(({ sessionId }) => sessionId !== session.id),
  };
  const failure = failures.find(({ sessionId }) => sessionId === session.id);
  if (failure !== undefined) {
    const { code, message } = failure;
    return { ...result, session, userErrors: [{ code, message, field: null }] };
  }
  const isApplication = session.kind === 'application';
  const remain = [...(isApplication && ssoRemain ? [warnings.ssoSessionsRemain] : []), ...unfinished];
  if (alreadyEnded.includes(session)) return { ...result, outcome: 'ALREADY_ENDED', warnings: remain };
  return {
    ...result,
    outcome: dryRun ? 'WOULD_REVOKE' : 'REVOKED',
    session,
    ended: revoked.find((one) => one.session === session)?.ended ?? null,
    warnings: [...(isApplication ? [warnings.accessTokensStillValid] : []), ...remain],
  };
}

const nothing: RevokeSessionResult = {
  outcome: null,
  session: null,
  ended: null,
  endedSso: [],
  failures: [],
  userErrors: [],
  warnings: [],
};

const notFound: UserError = {
  code: 'SESSION_NOT_FOUND',
  message: 'This user has no such session. Nothing was revoked.',
  field: ['sessionId'],
};
