import type { EndedSession } from '../../domain/ended-session.js';
import { type Limit, needsSerialising, type Preference } from '../../domain/enforcement-plan.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import { type OverflowBehavior, overflowRules } from '../../domain/overflow.js';
import type { Session } from '../../domain/session.js';
import type { EndingScope } from '../operation/operation-scope.js';
import type { SessionWarning, UserError } from '../operation/results.js';
import type { EndingCause } from '../revocation/ending.js';
import type { SessionRevocationFailure } from '../revocation/revocation-failure.js';

export interface EnforceSessionLimitCommand extends EndingCause {
  readonly userId: UserId;
  readonly limit: Limit;
  readonly overflow: OverflowBehavior;
  /** Sessions that the caller wants to stay, for example the one it has just created. At most `limit.maxSessions`. */
  readonly keepSessionIds: readonly SessionId[];
  /**
   * The path of keepSessionIds in the arguments, for errors. Null where a policy has chosen the limit: the sessions to
   * keep cannot contradict it then.
   */
  readonly keepArgument: readonly string[] | null;
  readonly onNewerSession: NewerSessionRule;
  readonly dryRun: boolean;
  /**
   * Grants endings: given how many are wanted, resolves to how many may happen. The rest is reported as failed. Null
   * without a bound.
   */
  readonly allowEndings: ((count: number) => Promise<number>) | null;
}

/** The request of one caller. */
export interface EnforcementCall {
  readonly scope: EndingScope;
  readonly command: EnforceSessionLimitCommand;
}

export type NewerSessionRule = 'keepNewest' | 'keepRequested';

/** Whether the sessions to keep stay before all others. */
const newerSessionRules = {
  keepNewest: { requestedStay: false },
  keepRequested: { requestedStay: true },
} satisfies Record<NewerSessionRule, { requestedStay: boolean }>;

export type EnforcementOutcome =
  | 'ENFORCED'
  | 'WITHIN_LIMIT'
  | 'NO_SESSIONS'
  | 'SUPERSEDED'
  | 'LIMIT_REACHED'
  | 'PARTIAL'
  | 'WOULD_ENFORCE';

export interface EnforceSessionLimitResult {
  readonly userId: UserId;
  /** Null when nothing was attempted; userErrors says why. */
  readonly outcome: EnforcementOutcome | null;
  /** The sessions that the limit lets stay, newest first. */
  readonly kept: readonly Session[];
  /** Every session still live after the call, including those that the limit is not about, newest first. */
  readonly live: readonly Session[];
  /** Oldest first. */
  readonly ended: readonly EndedSession[];
  /**
   * Sessions that this call planned to end, or was to keep, and that another call had ended. Of calls that share a run,
   * one reports its endings in `ended`, and the others report them here.
   */
  readonly alreadyEndedIds: readonly SessionId[];
  readonly failures: readonly SessionRevocationFailure[];
  /** For `askUser`: the sessions that the user can choose from, least recently used first. */
  readonly candidates: readonly Session[];
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

/** True for the behaviours that revoke nothing. */
export function isReportOnly(overflow: OverflowBehavior): boolean {
  return !overflowRules[overflow].ends;
}

/** True when the answer holds the sessions that the user may choose from. */
export function offersChoice(overflow: OverflowBehavior): boolean {
  return overflowRules[overflow].offersChoice;
}

/** True when sessions to keep stay even if newer ones exist. */
export function requestedStay(rule: NewerSessionRule): boolean {
  return newerSessionRules[rule].requestedStay;
}

/** False for a call that only reports. */
export function revokesSomething({
  dryRun,
  overflow,
}: Pick<EnforceSessionLimitCommand, 'dryRun' | 'overflow'>): boolean {
  return !dryRun && !isReportOnly(overflow);
}

/** Which sessions stay when some have to end. */
export function preferenceOf({
  overflow,
  onNewerSession,
  keepSessionIds,
}: EnforceSessionLimitCommand): Omit<Preference, 'inDoubt'> {
  return {
    stay: overflowRules[overflow].stay,
    requested: new Set(requestedStay(onNewerSession) ? keepSessionIds : []),
  };
}

/** Whether the caller or the use of sessions decides which stay, and not their creation alone. */
export function staysByChoice(command: EnforceSessionLimitCommand): boolean {
  return needsSerialising(preferenceOf(command));
}
