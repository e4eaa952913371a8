import type { EndedSession } from '../../domain/ended-session.js';
import type { Preference, SessionLimit } from '../../domain/enforcement-plan.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { Session } from '../../domain/session.js';
import type { SessionWarning, UserError } from '../operation/results.js';
import type { EndingCause, SessionRevocationFailure } from '../revocation/end-sessions.js';

export interface EnforceSessionLimitCommand extends EndingCause {
  readonly userId: UserId;
  readonly limit: SessionLimit;
  readonly overflow: OverflowBehavior;
  /** Sessions the caller wants to stay, such as the one it has just created. At most `limit.maxSessions`. */
  readonly keepSessionIds: readonly SessionId[];
  /** Where the caller said keepSessionIds, for errors. */
  readonly keepArgument: readonly string[];
  readonly onNewerSession: 'keepNewest' | 'keepRequested';
  readonly dryRun: boolean;
}

export type OverflowBehavior = 'endOldest' | 'endLeastRecentlyUsed' | 'denyNew' | 'askUser';

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
  /** What the limit lets stay, newest first. */
  readonly kept: readonly Session[];
  /** Every session still live after the call, also those the limit is not about, newest first. */
  readonly live: readonly Session[];
  /** Oldest first. */
  readonly ended: readonly EndedSession[];
  readonly failures: readonly SessionRevocationFailure[];
  /** For `askUser`: what the user can choose from, least recently used first. */
  readonly candidates: readonly Session[];
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

/** True for the behaviours that revoke nothing. */
export function onlyTells(overflow: OverflowBehavior): boolean {
  return overflow === 'denyNew' || overflow === 'askUser';
}

/** False for a call that only tells what is or would be. */
export function changesAnything({ dryRun, overflow }: EnforceSessionLimitCommand): boolean {
  return !dryRun && !onlyTells(overflow);
}

/** Which sessions stay when some have to end. */
export function preferenceOf({ overflow, onNewerSession, keepSessionIds }: EnforceSessionLimitCommand): Preference {
  return {
    stay: overflow === 'endLeastRecentlyUsed' ? 'lastUsed' : 'newest',
    requested: new Set(onNewerSession === 'keepRequested' ? keepSessionIds : []),
  };
}
