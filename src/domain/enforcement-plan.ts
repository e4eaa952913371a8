import type { ApplicationId, SessionId } from './ids.js';
import { byCreation, byUse, newestFirst, type Session } from './session.js';
import { isOfType } from './session-query.js';

/** How many sessions may live, and which of them the limit is about. */
export interface SessionLimit {
  /**
   * The number of sessions that may stay in each group, 1 or more. Null: any number, so that the limit spares its
   * sessions from later limits.
   */
  readonly maxSessions: number | null;
  /** `user`: one budget over all applications. `perApplication`: one budget for each application. */
  readonly scope: 'user' | 'perApplication';
  /** When set, only sessions of these applications count and end. */
  readonly applicationIds: readonly ApplicationId[] | null;
  /** When set, only sessions on devices of these types count and end; case does not matter. */
  readonly deviceTypes: readonly string[] | null;
  /** SSO sessions never use up the budget; they follow this rule of their own. Null: the limit is not about them. */
  readonly ssoSessions: SsoSessionRule | null;
  /** When set, the limit holds only while the user has more sessions than this that it would be about. */
  readonly onlyAbove?: number;
}

/** One limit, or several in order. A session competes only under the first limit that is about it. */
export type Limit = SessionLimit | readonly SessionLimit[];

/** The limits of one or several, in order. */
export function limitsOf(limit: Limit): readonly SessionLimit[] {
  return 'maxSessions' in limit ? [limit] : limit;
}

export type SsoSessionRule = 'keepAll' | 'keepNewest' | 'revokeAll';

/** How many SSO sessions stay under each rule; null when the limit is not about them. */
const ssoBudgets = { keepAll: null, keepNewest: 1, revokeAll: 0 } satisfies Record<SsoSessionRule, number | null>;

type StayOrder = 'newest' | 'lastUsed';

/**
 * The orders in which sessions are preferred. An order that changes while sessions live makes enforcements take turns.
 */
const stayOrders = {
  /** Sessions created last stay. */
  newest: { compare: newestFirst, changes: false },
  /** Sessions used last stay. */
  lastUsed: { compare: (a, b) => byUse(b, a), changes: true },
} satisfies Record<StayOrder, { compare(a: Session, b: Session): number; changes: boolean }>;

/** Which sessions stay when there are too many. */
export interface Preference {
  readonly stay: StayOrder;
  /** Stay before all others. */
  readonly requested: ReadonlySet<SessionId>;
  /** Sessions with an unanswered revocation, which may be gone at any moment: they end, and use up no budget. */
  readonly inDoubt: ReadonlySet<SessionId>;
}

/** The preference under which concurrent enforcements converge without a lock. */
export const newestStay: Preference = { stay: 'newest', requested: new Set(), inDoubt: new Set() };

/** True when the outcome depends on who enforces last, so that enforcements of one user must take turns. */
export function needsSerialising({ stay, requested }: Pick<Preference, 'stay' | 'requested'>): boolean {
  return stayOrders[stay].changes || requested.size > 0;
}

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
 * Decides which sessions stay and which end: of each group the `maxSessions` that are preferred stay.
 *
 * Pure, and blind to the order of its input. With {@link newestStay} the order it decides by is fixed when a session
 * is created, which is why concurrent enforcements converge without a lock: a session among the newest `maxSessions`
 * of the final set is among the newest `maxSessions` of every subset that contains it, so no enforcement, whatever it
 * saw, revokes it. A session in doubt is one that an earlier decision has already ended.
 *
 * @param sessions Live sessions of one user, each id at most once.
 */
export function planEnforcement(
  sessions: readonly Session[],
  limit: Limit,
  preference: Preference = newestStay,
): EnforcementPlan {
  const kept: Session[] = [];
  const spared: Session[] = [];
  const surplus: Session[] = [];
  const seenInGroup = new Map<string, number>();
  const holding = limitsHolding(sessions, limit);

  for (const session of preferredFirst(sessions, preference)) {
    const place = placeIn(session, limit, holding);
    if (place === null) {
      spared.push(session);
      continue;
    }
    if (preference.inDoubt.has(session.id)) {
      surplus.push(session);
      continue;
    }
    const seen = seenInGroup.get(place.group) ?? 0;
    seenInGroup.set(place.group, seen + 1);
    (seen < place.budget ? kept : surplus).push(session);
  }
  return { kept: kept.sort(newestFirst), spared: spared.sort(newestFirst), surplus: surplus.sort(byCreation) };
}

/** Where a session competes to stay. */
export interface Place {
  /** The position of the limit, from 0. */
  readonly index: number;
  /** Sessions of one group compete with each other. */
  readonly group: string;
  /** How many of the group stay. */
  readonly budget: number;
}

/** The positions of the limits with `onlyAbove` that hold for a user with these sessions. */
export function limitsHolding(sessions: readonly Session[], limit: Limit): ReadonlySet<number> {
  const holding = new Set<number>();
  for (const [index, one] of limitsOf(limit).entries()) {
    const { onlyAbove } = one;
    if (onlyAbove === undefined) continue;
    if (sessions.filter((session) => groupWithin(session, one) !== null).length > onlyAbove) holding.add(index);
  }
  return holding;
}

/**
 * Where a session competes, or null when no limit is about it.
 * @param holding The limits with `onlyAbove` that hold: see {@link limitsHolding}. Default: none.
 */
export function placeIn(session: Session, limit: Limit, holding: ReadonlySet<number> = new Set()): Place | null {
  for (const [index, one] of limitsOf(limit).entries()) {
    const { onlyAbove, maxSessions } = one;
    const within = onlyAbove === undefined || holding.has(index) ? groupWithin(session, one) : null;
    if (within === null) continue;
    const budget = session.kind === 'sso' ? ssoBudgets[one.ssoSessions ?? 'keepAll'] : maxSessions;
    return budget === null ? null : { index, group: `${index} ${within}`, budget };
  }
  return null;
}

/** The group in which a session competes for a place, or null when no limit is about it. */
export function groupOf(session: Session, limit: Limit): string | null {
  return placeIn(session, limit)?.group ?? null;
}

function groupWithin(session: Session, limit: SessionLimit): string | null {
  const { applicationIds, deviceTypes, ssoSessions, scope } = limit;
  if (session.kind === 'sso') return ssoSessions === null ? null : 'sso';
  if (applicationIds !== null && !applicationIds.includes(session.applicationId)) return null;
  if (deviceTypes !== null && !isOfType(session, deviceTypes)) return null;
  return scope === 'perApplication' ? session.applicationId : 'user';
}

/**
 * The sessions among which a user may choose when there are too many: the application sessions of each group that is
 * over its budget, least recently used first.
 */
export function candidatesOf({ kept, surplus }: EnforcementPlan, limit: Limit): readonly Session[] {
  const overfull = new Set(
    surplus.filter(({ kind }) => kind === 'application').map((session) => groupOf(session, limit)),
  );
  return [...kept, ...surplus].filter((session) => overfull.has(groupOf(session, limit))).sort(byUse);
}

/** SSO sessions are always preferred by creation, because their rule keeps the newest. */
function preferredFirst(sessions: readonly Session[], { stay, requested }: Preference): readonly Session[] {
  const byPreference = stayOrders[stay].compare;
  const byRequest = (a: Session, b: Session) => Number(requested.has(b.id)) - Number(requested.has(a.id));
  return [
    ...sessions.filter(({ kind }) => kind === 'sso').sort(newestFirst),
    ...sessions.filter(({ kind }) => kind === 'application').sort((a, b) => byRequest(a, b) || byPreference(a, b)),
  ];
}
