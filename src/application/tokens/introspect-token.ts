import { UpstreamUnavailableError } from '../../domain/errors.js';
import type { SessionId, TenantId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import { fractionOf } from '../../domain/session-confirmation.js';
import type { TokenClaims } from '../../domain/token-claims.js';
import { lacksPermission } from '../authorization/access.js';
import type { ConfirmSessions } from '../liveness/confirm-sessions.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { type ExamineToken, type Presenter, type TokenWithinReach, withinReach } from './presented-token.js';

interface IntrospectTokenPorts {
  readonly examine: ExamineToken;
  readonly confirmSessions: Pick<ConfirmSessions, 'confirm'>;
  readonly memory: Pick<RevocationMemory, 'covers' | 'completeSince'>;
  readonly clock: Clock;
  /** The tenant this service is bound to, or null. */
  readonly tenantId: TenantId | null;
  /**
   * The lease: a token is active while its session was known to live at most this long ago, in milliseconds, whichever
   * events were lost. 0: until a revocation is known.
   */
  readonly maxRevocationLagMs: number;
  /**
   * Whether access tokens of users that name no session can be active, although only revocations of many sessions cover
   * them.
   */
  readonly acceptTokensWithoutSession: boolean;
}

/** An active token; null for any other one, and for one beyond the caller's reach. */
export type Introspection = { readonly claims: TokenClaims; readonly isOfClient: boolean } | null;

/** How long an answer waits for FusionAuth, in milliseconds. */
const maxWaitMs = 2_000;
/** How old an answer of FusionAuth may be without a lease, in milliseconds. */
const ageWithoutLeaseMs = 150_000;
/** The parts of the lease between which a session is asked about again, spread out over sessions. */
const [refreshFrom, refreshUntil] = [0.5, 0.65];
/** How much the clocks by which tokens are issued and revocations recorded may differ, in milliseconds. */
const clockSlackMs = 60_000;
const retryAfterSeconds = 1;

/**
 * Answers whether to accept an access token, as a guard would. It refuses a token that is not FusionAuth's or has
 * expired, that a known revocation covers, or whose session was last known to live longer ago than the lease.
 */
export class IntrospectToken {
  constructor(private readonly ports: IntrospectTokenPorts) {}

  /**
   * @throws ForbiddenError without the permission token:introspect; UpstreamUnavailableError or StoreUnavailableError
   * when FusionAuth or the store cannot be asked.
   */
  async execute(presenter: Presenter, token: string): Promise<Introspection> {
    const { caller, scopeOf } = presenter;
    if (!caller.permissions.has('token:introspect')) throw lacksPermission(caller, 'token:introspect');
    const { examine, memory, tenantId, acceptTokensWithoutSession } = this.ports;
    const examined = await examine(token);
    if (examined.kind !== 'accessToken') return null;
    const found = withinReach(presenter, examined.claims, tenantId);
    if (found === null || memory.covers(found.identity)) return null;
    const { sessionId } = found.identity;
    const isActive =
      sessionId === null
        ? examined.isOfClient || (acceptTokensWithoutSession && !(await this.#isUncertain(found)))
        : await this.#lives(scopeOf(caller, found.tenantId), sessionId, found);
    // The token may have been revoked while FusionAuth was asked.
    return isActive && !memory.covers(found.identity) ? examined : null;
  }

  /** Whether a revocation that covers the token may be missing. Nobody can be asked about one that names no session. */
  async #isUncertain({ identity }: TokenWithinReach): Promise<boolean> {
    const completeSince = await this.ports.memory.completeSince();
    return identity.issuedAtSeconds * 1_000 <= completeSince + clockSlackMs;
  }

  async #lives(scope: OperationScope, id: SessionId, found: TokenWithinReach): Promise<boolean> {
    const { clock, maxRevocationLagMs, confirmSessions } = this.ports;
    const { identity } = found;
    const isLeased = maxRevocationLagMs > 0;
    const leaseMs = isLeased ? maxRevocationLagMs : Number.POSITIVE_INFINITY;
    const issuedAt = identity.issuedAtSeconds * 1_000;
    // FusionAuth issued the token to a session that lived then, which counts only if no revocation since can be
    // missing.
    const isUncertain = await this.#isUncertain(found);
    // An `iat` in the future shows that the clocks are too far apart, and counts for nothing either.
    const agoMs = clock.now() - issuedAt;
    const saysNothing = isUncertain || agoMs < -clockSlackMs;
    const issuedAgoMs = saysNothing ? Number.POSITIVE_INFINITY : Math.max(0, agoMs);
    const dueMs = leaseMs * (refreshFrom + (refreshUntil - refreshFrom) * fractionOf(id));
    if (!isUncertain && issuedAgoMs <= dueMs) return true;

    const ask = async (waitMs: number) => {
      const [confirmation] = await confirmSessions.confirm(scope, {
        sessions: [{ id, userId: identity.userId }],
        maxAgeMs: isLeased ? Math.min(dueMs, leaseMs) : ageWithoutLeaseMs,
        maxWaitMs: waitMs,
        permission: 'token:introspect',
      });
      if (confirmation?.status === 'lives') return true;
      if (confirmation?.status === 'ended') return false;
      return Math.min(confirmation?.ageMs ?? Number.POSITIVE_INFINITY, issuedAgoMs) <= leaseMs ? true : null;
    };
    const answer = (await ask(0)) ?? (await ask(maxWaitMs));
    if (answer === null) throw new UpstreamUnavailableError(retryAfterSeconds, false);
    return answer;
  }
}
