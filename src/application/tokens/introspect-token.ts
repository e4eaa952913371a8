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
   * A token is active while its session was known to live at most so long ago, in milliseconds, whatever was lost on its
   * way. 0: until a revocation is known.
   */
  readonly maxRevocationLagMs: number;
  /** Whether access tokens of users that name no session are active: only revocations of many sessions reach them. */
  readonly acceptTokensWithoutSession: boolean;
}

/** An active token; null for any other one, and for one that the caller may not know of. */
export type Introspection = { readonly claims: TokenClaims; readonly isOfClient: boolean } | null;

/** How long an answer waits for FusionAuth, in milliseconds. */
const maxWaitMs = 2_000;
/** How old an answer of FusionAuth may be where there is no lease, in milliseconds. */
const ageWithoutLeaseMs = 150_000;
/** From this part of the lease on a session is asked about, and at its end at the latest: not all at once. */
const [refreshFrom, refreshUntil] = [0.5, 0.65];
/** How much the clocks by which tokens are issued and revocations recorded may differ, in milliseconds. */
const clockSlackMs = 60_000;
const retryAfterSeconds = 1;

/**
 * Answers whether an access token is to be accepted, as a guard would: it is not when it is not FusionAuth's or has
 * expired, when a revocation of it is known, or when its session was last known to live longer ago than the lease.
 */
export class IntrospectToken {
  constructor(private readonly ports: IntrospectTokenPorts) {}

  /**
   * @throws ForbiddenError without the permission token:introspect; UpstreamUnavailableError or StoreUnavailableError
   * when nobody can tell.
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
        ? acceptTokensWithoutSession || examined.isOfClient
        : await this.#lives(scopeOf(caller, found.tenantId), sessionId, found);
    // It may have been revoked while FusionAuth was asked.
    return isActive && !memory.covers(found.identity) ? examined : null;
  }

  async #lives(scope: OperationScope, id: SessionId, { identity }: TokenWithinReach): Promise<boolean> {
    const { memory, clock, maxRevocationLagMs, confirmSessions } = this.ports;
    const isLeased = maxRevocationLagMs > 0;
    const leaseMs = isLeased ? maxRevocationLagMs : Number.POSITIVE_INFINITY;
    const issuedAt = identity.issuedAtSeconds * 1_000;
    // FusionAuth has issued it to a session that lived then; but of a time of which not all is known, that says nothing.
    const isUncertain = issuedAt <= (await memory.completeSince()) + clockSlackMs;
    // So it does where it is to come, because the clocks are too far apart.
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
