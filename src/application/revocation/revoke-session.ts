import type { EndedSession } from '../../domain/ended-session.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { isLive, type Session } from '../../domain/session.js';
import { requireRecentSignIn } from '../authorization/recent-sign-in.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { type SessionWarning, tooLate, type UserError, warnings } from '../operation/results.js';
import { applicationsOrNone, describeEnded } from './describe-ended.js';
import {
  beginEnding,
  type Ending,
  type EndingCause,
  type EndingOutcome,
  type EndSessionsPorts,
  endSessions,
} from './end-sessions.js';

export interface RevokeSessionCommand extends EndingCause {
  readonly sessionId: SessionId;
  /** When set, the session must be this user's. */
  readonly userId: UserId | null;
  readonly dryRun: boolean;
}

export interface RevokeSessionResult {
  /** Null when nothing was attempted or the attempt failed; userErrors says why. */
  readonly outcome: 'REVOKED' | 'ALREADY_ENDED' | 'WOULD_REVOKE' | null;
  /** The session as it was, or null when it had ended already. */
  readonly session: Session | null;
  readonly ended: EndedSession | null;
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

/** Ends one session. Ending one that is already gone succeeds. */
export class RevokeSession {
  constructor(private readonly ports: EndSessionsPorts) {}

  async execute(scope: OperationScope, command: RevokeSessionCommand): Promise<RevokeSessionResult> {
    const { clock } = this.ports;
    const gateway = scope.access.sessions('session:revoke');
    if (isOver(scope.time)) return { ...nothing, userErrors: [tooLate] };
    const applications = applicationsOrNone(scope.access.directory('session:revoke'), this.ports, scope.requestId);
    const session = await gateway.findSession(command.sessionId);
    if (session === null || !isLive(session, clock.now())) return { ...nothing, outcome: 'ALREADY_ENDED' };
    if (command.userId !== null && command.userId !== session.userId) return { ...nothing, userErrors: [notFound] };

    requireRecentSignIn(this.ports, scope.caller, 'session:revoke', [session]);
    const outcome = command.dryRun ? null : await this.#end(scope, gateway, session, command, applications);
    const [failure] = outcome?.failures ?? [];
    if (failure !== undefined) {
      const { code, message } = failure;
      return { ...nothing, session, userErrors: [{ code, message, field: null }] };
    }
    if (outcome !== null && outcome.alreadyEnded.length > 0) return { ...nothing, outcome: 'ALREADY_ENDED' };
    return {
      outcome: outcome === null ? 'WOULD_REVOKE' : 'REVOKED',
      session,
      ended:
        outcome?.revoked[0]?.ended ?? describeEnded(session, command.reason, clock.now(), null, await applications),
      userErrors: [],
      warnings: session.kind === 'application' ? [warnings.accessTokensStillValid] : [],
    };
  }

  async #end(
    scope: OperationScope,
    gateway: SessionGateway,
    session: Session,
    cause: EndingCause,
    applications: Ending['applications'],
  ): Promise<EndingOutcome> {
    const outcome = await endSessions([session], beginEnding(this.ports, scope, gateway, cause, applications));
    scope.reads.forgetSessions(session.userId, [session.id]);
    return outcome;
  }
}

const nothing: RevokeSessionResult = { outcome: null, session: null, ended: null, userErrors: [], warnings: [] };

const notFound: UserError = {
  code: 'SESSION_NOT_FOUND',
  message: 'This user has no such session. Nothing was revoked.',
  field: ['sessionId'],
};
