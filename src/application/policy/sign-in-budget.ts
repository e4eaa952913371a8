import { limitsHolding, type Place, placeIn } from '../../domain/enforcement-plan.js';
import type { PolicyRule } from '../../domain/policy/policy.js';
import type { SelectedLimit } from '../../domain/policy/selection.js';
import type { Session } from '../../domain/session.js';

/** Sessions that compete for the places of a rule with `deny-new`. */
interface SignInBudget {
  /** By this name places in it are reserved. */
  readonly budget: string;
  /** How many sessions it allows. */
  readonly allow: number;
  /** The sessions in it. */
  readonly sessions: readonly Session[];
  readonly rule: PolicyRule;
}

/** The budget in which a session would compete with these; null where no rule denies it. */
export function budgetOf(
  one: Session,
  sessions: readonly Session[],
  selected: readonly SelectedLimit[],
): SignInBudget | null {
  const placeOf = placing([...sessions, one], selected);
  const place = placeOf(one);
  const rule = denyingRule(place, selected);
  if (place === null || rule === null) return null;
  const inIt = sessions.filter((session) => placeOf(session)?.group === place.group);
  return { budget: nameOf(rule, place), allow: place.budget, sessions: inIt, rule };
}

/** The sessions that compete under rules with `deny-new`, by the name of their budget. */
export function sessionsByBudget(
  sessions: readonly Session[],
  selected: readonly SelectedLimit[],
): ReadonlyMap<string, readonly Session[]> {
  const byBudget = new Map<string, Session[]>();
  const placeOf = placing(sessions, selected);
  for (const session of sessions) {
    const place = placeOf(session);
    const rule = denyingRule(place, selected);
    if (place === null || rule === null) continue;
    const budget = nameOf(rule, place);
    const others = byBudget.get(budget);
    if (others === undefined) byBudget.set(budget, [session]);
    else others.push(session);
  }
  return byBudget;
}

/** Where each of these sessions competes; null where no limit is about it. */
function placing(sessions: readonly Session[], selected: readonly SelectedLimit[]): (one: Session) => Place | null {
  const limits = selected.map(({ limit }) => limit);
  const holding = limitsHolding(sessions, limits);
  return (one) => placeIn(one, limits, holding);
}

function denyingRule(place: Place | null, selected: readonly SelectedLimit[]): PolicyRule | null {
  const rule = place === null ? null : (selected[place.index]?.rule ?? null);
  return rule !== null && isDenying(rule) ? rule : null;
}

export function isDenying({ mode, overflow }: PolicyRule): boolean {
  return mode === 'enforce' && overflow === 'denyNew';
}

/** The number of the rule is left out: it changes with the rules before it, and places must still count then. */
function nameOf(rule: PolicyRule, { group }: Place): string {
  const [, ...within] = group.split(' ');
  return `${rule.name} ${within.join(' ')}`;
}
