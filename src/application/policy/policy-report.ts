import type { EndedSession } from '../../domain/ended-session.js';
import type { SessionId } from '../../domain/ids.js';
import { overflowRules } from '../../domain/overflow.js';
import { budgetOf } from '../../domain/policy/explanation.js';
import type { Policy, PolicyRule } from '../../domain/policy/policy.js';
import type { SelectedLimit } from '../../domain/policy/selection.js';
import type { Session } from '../../domain/session.js';
import type { EnforceSessionLimitResult } from '../enforcement/enforcement.js';
import { distinctWarnings, type SessionWarning, type UserError } from '../operation/results.js';
import type { SessionRevocationFailure } from '../revocation/revocation-failure.js';

/** The outcome of one enforcement of a policy. */
export interface PolicyReport {
  /** Null when none is configured. */
  readonly policy: Policy | null;
  /**
   * `partial`: some sessions could not be ended or seen, or may not end in this minute; calling again goes on.
   * `sessionNotSeen`: the session that must be listed is not, and nothing has ended.
   */
  readonly done: 'complete' | 'partial' | 'sessionNotSeen';
  /** The rules that match the user, in order. Empty for an exempt user, and for one that does not exist. */
  readonly rules: readonly RuleReport[];
  /** Oldest first within each way of ending. */
  readonly ended: readonly EndedSession[];
  /** Sessions that another call has ended meanwhile. */
  readonly alreadyEndedIds: readonly SessionId[];
  readonly failures: readonly SessionRevocationFailure[];
  /** Sessions above the budgets of rules that only observe or deny new sessions. Oldest first. */
  readonly wouldEnd: readonly Session[];
  /** Every session that is live afterwards, newest first; none after `sessionNotSeen`. */
  readonly live: readonly Session[];
  /** Why nothing was attempted. Empty otherwise. */
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

/** A rule that matches the user. */
export interface RuleReport {
  readonly rule: PolicyRule;
  /** How many sessions it has ended. */
  readonly endedCount: number;
  /** Sessions above its budget that stay, because it only observes or denies new sessions. Oldest first. */
  readonly wouldEnd: readonly Session[];
}

/** The report where no policy is in force, or none of its rules matches. */
export const nothingInForce: PolicyReport = {
  policy: null,
  done: 'complete',
  rules: [],
  ended: [],
  alreadyEndedIds: [],
  failures: [],
  wouldEnd: [],
  live: [],
  userErrors: [],
  warnings: [],
};

interface CarriedOutPolicy {
  readonly policy: Policy;
  readonly selected: readonly SelectedLimit[];
  readonly carriedOut: readonly EnforceSessionLimitResult[];
  readonly live: readonly Session[];
  /** The enforcement that was refused; null when none was. */
  readonly refusal: EnforceSessionLimitResult | null;
}

export function reportOf({ policy, selected, carriedOut, live, refusal }: CarriedOutPolicy): PolicyReport {
  const ended = carriedOut.flatMap((one) => one.ended);
  const rules = selected.flatMap(({ rule }) => {
    if (rule === null) return [];
    const isEnforced = rule.mode === 'enforce' && overflowRules[rule.overflow].ends;
    const endedCount = ended.filter(({ policyRule }) => policyRule?.name === rule.name).length;
    return [{ rule, endedCount, wouldEnd: isEnforced ? [] : budgetOf(rule, selected, live).surplus }];
  });
  const isUnseen = refusal?.userErrors.some(({ code }) => code === 'KEEP_SESSION_NOT_LIVE') ?? false;
  const isPartial = refusal !== null || carriedOut.some(({ outcome }) => outcome === 'PARTIAL');
  return {
    policy,
    done: isUnseen ? 'sessionNotSeen' : isPartial ? 'partial' : 'complete',
    rules,
    ended,
    alreadyEndedIds: carriedOut.flatMap(({ alreadyEndedIds }) => alreadyEndedIds),
    failures: carriedOut.flatMap(({ failures }) => failures),
    wouldEnd: rules.flatMap(({ wouldEnd }) => wouldEnd),
    live,
    userErrors: refusal?.userErrors ?? [],
    warnings: distinctWarnings(...carriedOut.map(({ warnings }) => warnings)),
  };
}
