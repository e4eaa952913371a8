import type { Application } from '../../domain/directory.js';
import {
  candidatesOf,
  type EnforcementPlan,
  groupOf,
  planEnforcement,
  type SessionLimit,
} from '../../domain/enforcement-plan.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import { byCreation, type Instant, newestFirst, type Session } from '../../domain/session.js';
import { type SessionWarning, type UserError, warnings } from '../operation/results.js';
import { describeEnded } from '../revocation/describe-ended.js';
import type { EndingOutcome } from '../revocation/end-sessions.js';
import {
  type EnforcementOutcome,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  offersChoice,
  onlyTells,
} from './enforcement.js';

/** What an enforcement did, before it is put into words. */
export interface CarriedOut extends EndingOutcome {
  /** That of the last round. */
  readonly plan: EnforcementPlan;
  /** True when sessions may exist that no list showed. */
  readonly truncated: boolean;
}

/** Puts into words what an enforcement did. */
export function report(
  command: EnforceSessionLimitCommand,
  carriedOut: CarriedOut,
  endedAt: Instant,
  applications: ReadonlyMap<ApplicationId, Application>,
): EnforceSessionLimitResult {
  const { userId, limit, overflow, dryRun } = command;
  const { plan, revoked, alreadyEnded, failures } = carriedOut;
  const stay = onlyTells(overflow) ? [...plan.kept, ...plan.surplus].sort(newestFirst) : plan.kept;
  const wouldEnd = dryRun && !onlyTells(overflow);
  const replacementOf = replacementsIn(plan, limit);
  const ended = wouldEnd
    ? plan.surplus.map((one) => describeEnded(one, command.reason, endedAt, replacementOf(one), applications))
    : [...revoked].sort((a, b) => byCreation(a.session, b.session)).map((one) => one.ended);
  return {
    userId,
    outcome: outcomeOf(command, carriedOut),
    kept: stay,
    live: [...stay, ...plan.spared].sort(newestFirst),
    ended,
    alreadyEndedIds: alreadyEnded.map(({ id }) => id),
    failures,
    candidates: offersChoice(overflow) ? candidatesOf(plan, limit) : [],
    userErrors: [],
    warnings: warningsOf(carriedOut, wouldEnd),
  };
}

function outcomeOf(
  { overflow, keepSessionIds, dryRun }: EnforceSessionLimitCommand,
  { plan: { kept, surplus }, revoked, failures, truncated }: CarriedOut,
): EnforcementOutcome {
  if (onlyTells(overflow) && surplus.length > 0) return 'LIMIT_REACHED';
  if (dryRun && surplus.length > 0) return 'WOULD_ENFORCE';
  if (failures.length > 0 || truncated) return 'PARTIAL';
  const keptIds = new Set(kept.map(({ id }) => id));
  if (keepSessionIds.some((id) => !keptIds.has(id))) return 'SUPERSEDED';
  if (surplus.length > 0 || revoked.length > 0) return 'ENFORCED';
  return kept.length > 0 ? 'WITHIN_LIMIT' : 'NO_SESSIONS';
}

/** Tells which session stays in place of one that ends: the newest kept one of its group. */
export function replacementsIn({ kept }: EnforcementPlan, limit: SessionLimit): (session: Session) => Session | null {
  return (session) => {
    const group = groupOf(session, limit);
    return kept.find((one) => groupOf(one, limit) === group) ?? null;
  };
}

/** What ended by somebody else's call is part of it: simultaneous calls share their work, and each caller must know. */
function warningsOf(
  { plan, revoked, alreadyEnded, truncated, unfinished }: CarriedOut,
  wouldEnd: boolean,
): readonly SessionWarning[] {
  const found: SessionWarning[] = [];
  const gone = wouldEnd ? plan.surplus : [...revoked.map(({ session }) => session), ...alreadyEnded];
  const signsOut = gone.some(({ kind }) => kind === 'application');
  if (signsOut) found.push(warnings.accessTokensStillValid);
  // Whose browser an SSO session belongs to cannot be told.
  if (signsOut && [...plan.kept, ...plan.spared].some(({ kind }) => kind === 'sso')) {
    found.push(warnings.ssoSessionsRemain);
  }
  if (truncated) found.push(warnings.listingTruncated);
  found.push(...unfinished);
  return found;
}

/** The answer when nothing was attempted. */
export function refused(userId: UserId, userError: UserError): EnforceSessionLimitResult {
  return { userId, outcome: null, kept: [], live: [], userErrors: [userError], ...nothingDone };
}

/** The answer when the sessions to keep have ended before, because others were to stay. Nothing is revoked then. */
export function superseded(
  { userId, limit }: EnforceSessionLimitCommand,
  endedIds: readonly SessionId[],
  sessions: readonly Session[],
): EnforceSessionLimitResult {
  const { kept } = planEnforcement(sessions, limit);
  const live = [...sessions].sort(newestFirst);
  return { userId, outcome: 'SUPERSEDED', kept, live, userErrors: [], ...nothingDone, alreadyEndedIds: endedIds };
}

const nothingDone = { ended: [], alreadyEndedIds: [], failures: [], candidates: [], warnings: [] };
