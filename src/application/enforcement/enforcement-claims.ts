import { type EnforcementPlan, type Preference, planEnforcement } from '../../domain/enforcement-plan.js';
import { busyUser } from '../../domain/errors.js';
import type { SessionId } from '../../domain/ids.js';
import type { EndingPlan, SessionView } from '../../domain/ports/session-claims.js';
import type { Session } from '../../domain/session.js';
import { settlesWithin } from '../../domain/within.js';
import { causeOf, policyRuleOf } from '../revocation/ending.js';
import { type LiveSessions, readLiveSessions } from '../revocation/live-sessions.js';
import type { EnforceSessionLimitCommand } from './enforcement.js';
import type { EnforcementCalls } from './enforcement-calls.js';
import type { KeepPorts } from './enforcement-keeps.js';
import { replacementsIn } from './enforcement-report.js';

export interface ClaimPorts extends KeepPorts {
  /**
   * How long a call waits when its plan collides with another one's, in milliseconds, before it ends the free sessions.
   */
  readonly maxHoldWaitMs: number;
  /**
   * How long a call that has chosen the sessions to keep waits, in milliseconds, before it gives up and ends nothing.
   */
  readonly maxTurnWaitMs: number;
}

export interface Enforcement {
  readonly calls: EnforcementCalls;
  /** The command without the parts in which the calls differ. */
  readonly command: Omit<EnforceSessionLimitCommand, 'keepSessionIds' | 'keepArgument'>;
  readonly preference: Omit<Preference, 'inDoubt'>;
  /** Whether the caller or the use of sessions decides which stay, and not their creation alone. */
  readonly byChoice: boolean;
}

export interface Claimed {
  readonly view: LiveSessions;
  readonly plan: EnforcementPlan;
  /** Surplus sessions that another operation holds, and that therefore cannot end now. */
  readonly held: ReadonlySet<SessionId>;
  /** Surplus sessions that may not end now, because a bound on endings is reached. The plan does not hold them. */
  readonly withheld: readonly Session[];
}

function endingPlanOf(plan: EnforcementPlan, { calls, command, byChoice }: Enforcement): EndingPlan {
  const { scope } = calls;
  const replacementOf = replacementsIn(plan, command.limit);
  return {
    rule: byChoice ? 'byChoice' : 'byCreation',
    keeps: plan.kept.map(({ id }) => id),
    ends: plan.surplus.map((session) => ({
      id: session.id,
      applicationId: session.applicationId,
      tenantId: scope.tenantId ?? session.tenantId,
      replacedBySessionId: replacementOf(session)?.id ?? null,
      ...policyRuleOf(command, session),
    })),
    cause: causeOf(scope, command),
  };
}

/**
 * Makes a plan that collides with no other operation of this user, and looks again as often as that takes. Sessions
 * that another operation holds for too long are left for a later call.
 * @returns null when every call was refused meanwhile.
 * @throws TooManyRequestsError when the sessions that the caller has chosen cannot be held in time. Nothing is revoked
 * then.
 */
export async function claimPlan(
  ports: ClaimPorts,
  enforcement: Enforcement,
  firstView: LiveSessions,
  claims: SessionView,
  mayRefuse: boolean,
): Promise<Claimed | null> {
  const { calls, command, preference, byChoice } = enforcement;
  const { maxHoldWaitMs, maxTurnWaitMs } = ports;
  const deadline = performance.now() + (byChoice ? maxTurnWaitMs : Math.min(maxHoldWaitMs, maxTurnWaitMs));
  let view = firstView;
  let allowed = 0;
  for (;;) {
    const inDoubt = new Set(view.sessions.map(({ id }) => id).filter((id) => claims.isInDoubt(id)));
    const wanted = planEnforcement(view.sessions, command.limit, { ...preference, inDoubt });
    allowed += await allowedOf(command, wanted.surplus.length - allowed);
    const plan = { ...wanted, surplus: wanted.surplus.slice(0, allowed) };
    const withheld = wanted.surplus.slice(allowed);
    const collision = await claims.claim(endingPlanOf(plan, enforcement));
    if (collision === null) return { view, plan, held: new Set(), withheld };
    if (!(await settlesWithin(collision.over, deadline - performance.now()))) {
      if (byChoice) throw busyUser();
      return { view, plan, held: await claimFree(plan, collision.heldIds, enforcement, claims), withheld };
    }
    claims.look();
    view = await readLiveSessions(calls.gateway, calls.scope, command.userId, calls.keepSessionIds);
    if (mayRefuse) await calls.judge(ports, view, claims);
    if (calls.goingOn.length === 0) return null;
  }
}

/**
 * Claims the endings of a plan that no other operation holds.
 * @returns the sessions that others hold, also those that they have begun to hold meanwhile.
 */
async function claimFree(
  plan: EnforcementPlan,
  heldAtFirst: ReadonlySet<SessionId>,
  enforcement: Enforcement,
  claims: SessionView,
): Promise<ReadonlySet<SessionId>> {
  const held = new Set(heldAtFirst);
  for (;;) {
    const free = { ...plan, surplus: plan.surplus.filter(({ id }) => !held.has(id)) };
    const collision = await claims.claim({ ...endingPlanOf(free, enforcement), rule: 'unconditional' });
    if (collision === null) return held;
    const before = held.size;
    for (const id of collision.heldIds) held.add(id);
    if (held.size === before) throw busyUser();
  }
}

/** How many of `count` more sessions may end. */
async function allowedOf({ allowEndings }: Enforcement['command'], count: number): Promise<number> {
  return count <= 0 || allowEndings === null ? Math.max(0, count) : allowEndings(count);
}
