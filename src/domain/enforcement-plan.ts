import type { ApplicationId } from './ids.js';
import { byCreation, newestFirst, type Session } from './session.js';

/** How many sessions may live, and which of them the limit is about. */
export interface SessionLimit {
  /** The number of sessions that may stay in each group. An integer of 1 or more. */
  readonly maxSessions: number;
  /** `user`: one budget over all applications. `perApplication`: one budget for each application. */
  readonly scope: 'user' | 'perApplication';
  /** When set, only sessions of this application count and end. */
  readonly applicationId: ApplicationId | null;
  /** SSO sessions never use up the budget; they follow this rule of their own. */
  readonly ssoSessions: SsoSessionRule;
}

export type SsoSessionRule = 'keepAll' | 'keepNewest' | 'revokeAll';

/** What to do with a set of sessions. Every session given is in exactly one of the three lists. */
export interface EnforcementPlan {
  /** Stay because the limit allows them. Newest first. */
  readonly kept: readonly Session[];
  /** Stay because the limit is not about them. Newest first. */
  readonly spared: readonly Session[];
  /** To be revoked. Oldest first. */
  readonly surplus: readonly Session[];
}

/**
 * Decides which sessions stay and which end: of each group the newest `maxSessions` stay.
 *
 * Pure, and blind to the order of its input. The order it decides by is fixed when a session is created, which is why
 * concurrent enforcements converge without a lock: a session among the newest `maxSessions` of the final set is among
 * the newest `maxSessions` of every subset that contains it, so no enforcement, whatever it saw, revokes it.
 *
 * @param sessions Live sessions of one user, each id at most once.
 */
export function planEnforcement(sessions: readonly Session[], limit: SessionLimit): EnforcementPlan {
  const kept: Session[] = [];
  const spared: Session[] = [];
  const surplus: Session[] = [];
  const seenInGroup = new Map<string, number>();

  for (const session of [...sessions].sort(newestFirst)) {
    const budget = budgetFor(session, limit);
    if (budget === null) {
      spared.push(session);
      continue;
    }
    const seen = seenInGroup.get(budget.group) ?? 0;
    seenInGroup.set(budget.group, seen + 1);
    (seen < budget.size ? kept : surplus).push(session);
  }
  return { kept, spared, surplus: surplus.sort(byCreation) };
}

interface Budget {
  readonly group: string;
  readonly size: number;
}

/** The group a session competes in and how many of it may stay, or null when the limit is not about the session. */
function budgetFor(session: Session, limit: SessionLimit): Budget | null {
  if (session.kind === 'sso') {
    return limit.ssoSessions === 'keepAll' ? null : { group: 'sso', size: limit.ssoSessions === 'keepNewest' ? 1 : 0 };
  }
  if (limit.applicationId !== null && session.applicationId !== limit.applicationId) return null;
  return { group: limit.scope === 'perApplication' ? session.applicationId : 'user', size: limit.maxSessions };
}
