import type { Caller } from '../../domain/caller.js';
import { TooManyRequestsError, UpstreamUnavailableError } from '../../domain/errors.js';
import type { TenantId } from '../../domain/ids.js';
import { lacksPermission } from '../authorization/access.js';
import type { RevokeSession } from '../revocation/revoke-session.js';
import { type ExamineToken, type Presenter, withinReach } from './presented-token.js';

interface RevokeAccessTokenPorts {
  readonly examine: ExamineToken;
  readonly revokeSession: Pick<RevokeSession, 'execute'>;
  /** The tenant this service is bound to, or null. */
  readonly tenantId: TenantId | null;
}

/** `unsupported`: it belongs to no session, so that nothing can end it before it expires. */
type TokenRevocation = 'done' | 'unsupported';

const retryAfterSeconds = 1;
/** For the record. */
const comment = 'The access token was revoked at /oauth2/revoke';

/**
 * Ends the session of an access token. Does nothing for a token that is no longer good, or beyond the caller's reach.
 */
export class RevokeAccessToken {
  constructor(private readonly ports: RevokeAccessTokenPorts) {}

  /**
   * @throws ForbiddenError without the permission token:revoke; UpstreamUnavailableError when the session may live on,
   * or FusionAuth cannot be asked.
   */
  async execute(presenter: Presenter, token: string): Promise<TokenRevocation> {
    const { caller, scopeOf } = presenter;
    requireTokenRevocation(caller);
    const { examine, revokeSession, tenantId } = this.ports;
    const examined = await examine(token);
    if (examined.kind === 'otherToken') return 'unsupported';
    const found = examined.kind === 'accessToken' ? withinReach(presenter, examined.claims, tenantId) : null;
    if (found === null) return 'done';
    const { sessionId, userId } = found.identity;
    if (sessionId === null) return 'unsupported';
    const { userErrors } = await revokeSession.execute(scopeOf(holderOfToken(caller), found.tenantId), {
      sessionId,
      userId,
      includeSsoSessions: false,
      dryRun: false,
      reason: 'USER_LOGOUT',
      comment,
    });
    const [problem] = userErrors;
    if (problem === undefined || problem.code === 'SESSION_NOT_FOUND') return 'done';
    if (problem.code === 'HELD_BY_ANOTHER_CALL') throw new TooManyRequestsError(problem.message, retryAfterSeconds);
    throw new UpstreamUnavailableError(retryAfterSeconds, true);
  }
}

/** @throws ForbiddenError without the permission token:revoke. */
function requireTokenRevocation(caller: Caller): void {
  if (!caller.permissions.has('token:revoke')) throw lacksPermission(caller, 'token:revoke');
}

/** The holder of a token may end its session, and sees none of the session's details. */
function holderOfToken(caller: Caller): Caller {
  return { ...caller, permissions: new Set(['session:revoke']) };
}
