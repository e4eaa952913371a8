import { limitsHolding, newestStay, placeIn, planEnforcement } from '../enforcement-plan.js';
import { overflowRules } from '../overflow.js';
import { newestFirst, type Session } from '../session.js';
import type { Policy, PolicyRule } from './policy.js';
import {
  onlyEnding,
  type PolicyUser,
  type SelectedLimit,
  selectLimits,
  type UserCondition,
  unmetConditionOf,
} from './selection.js';

/** What a policy means for one user with these sessions. */
export interface PolicyExplanation {
  /** True when every session of the user is exempt. */
  readonly isExempt: boolean;
  /** Each rule, in order. */
  readonly rules: readonly ExplainedRule[];
  /** Sessions that no rule limits, newest first. */
  readonly unlimited: readonly Session[];
}

export interface ExplainedRule {
  readonly rule: PolicyRule;
  /** False for a rule that does not match the user, and for every rule where the user is exempt. */
  readonly matches: boolean;
  /** The condition because of which it does not match; null where it does, or would but for an exemption. */
  readonly unmet: UserCondition | null;
  /** The sessions of its budget, newest first. */
  readonly counted: readonly Session[];
  /** Those of them that are above it, oldest first. They end if the rule enforces, unless it denies new sessions. */
  readonly surplus: readonly Session[];
}

/** The sessions that end if the rule enforces, oldest first. */
export function endingUnder({ rule, surplus }: Pick<ExplainedRule, 'rule' | 'surplus'>): readonly Session[] {
  return overflowRules[rule.overflow].ends ? surplus : [];
}

export function explainPolicy(policy: Policy, user: PolicyUser, sessions: readonly Session[]): PolicyExplanation {
  const selected = selectLimits(policy, user);
  const whole = planEnforcement(
    sessions,
    onlyEnding(selected, () => true),
  );
  const isExempt = selected.length === 0 && policy.exempt.length > 0;
  const rules = policy.rules.map((rule) => {
    const matches = selected.some((one) => one.rule === rule);
    const unmet = unmetConditionOf(rule.when, user);
    return { rule, matches, unmet, ...(matches ? budgetOf(rule, selected, sessions) : { counted: [], surplus: [] }) };
  });
  return { isExempt: isExempt && !rules.some(({ matches }) => matches), rules, unlimited: whole.spared };
}

/** The sessions that compete under one rule of those selected, and those above its budget. */
export function budgetOf(
  rule: PolicyRule,
  selected: readonly SelectedLimit[],
  sessions: readonly Session[],
): Pick<ExplainedRule, 'counted' | 'surplus'> {
  const index = selected.findIndex((one) => one.rule === rule);
  const limit = onlyEnding(selected, (one) => one === rule);
  const { stay } = overflowRules[rule.overflow];
  const { kept, surplus } = planEnforcement(sessions, limit, { ...newestStay, stay });
  const holding = limitsHolding(sessions, limit);
  const isHere = (session: Session) => placeIn(session, limit, holding)?.index === index;
  return { counted: [...kept, ...surplus].filter(isHere).sort(newestFirst), surplus: surplus.filter(isHere) };
}
