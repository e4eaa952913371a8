import { limitsHolding, placeIn } from '../../domain/enforcement-plan.js';
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
  const limits = selected.map(({ limit }) => limit);
  const holding = limitsHolding([...sessions, one], limits);
  const place = placeIn(one, limits, holding);
  const rule = place === null ? null : (selected[place.index]?.rule ?? null);
  if (place === null || rule === null || !isDenying(rule)) return null;
  const inIt = sessions.filter((session) => placeIn(session, limits, holding)?.group === place.group);
  return { budget: nameOf(rule, place.group), allow: place.budget, sessions: inIt, rule };
}

/** The budgets in which these sessions compete under rules with `deny-new`. */
export function deniedBudgets(
  sessions: readonly Session[],
  selected: readonly SelectedLimit[],
): readonly SignInBudget[] {
  if (!selected.some(({ rule }) => rule !== null && isDenying(rule))) return [];
  const budgets = sessions.flatMap((one) => budgetOf(one, sessions, selected) ?? []);
  return [...new Map(budgets.map((one) => [one.budget, one])).values()];
}

export function isDenying({ mode, overflow }: PolicyRule): boolean {
  return mode === 'enforce' && overflow === 'denyNew';
}

/** The number of the rule is left out: it changes with the rules before it, and places must still count then. */
function nameOf(rule: PolicyRule, group: string): string {
  const [, ...within] = group.split(' ');
  return `${rule.name} ${within.join(' ')}`;
}
