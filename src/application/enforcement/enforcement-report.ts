import type { Application } from '../../domain/directory.js';
import {
  candidatesOf,
  type EnforcementPlan,
  groupOf,
  type Limit,
  planEnforcement,
} from '../../domain/enforcement-plan.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import { byCreation, type Instant, newestFirst, type Session } from '../../domain/session.js';
import { type SessionWarning, type UserError, warnings } from '../operation/results.js';
import { describeEnded } from '../revocation/describe-ended.js';
import type { EndingOutcome } from '../revocation/ending.js';
import {
  type EnforcementCall,
  type EnforcementOutcome,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  isReportOnly,
  offersChoice,
} from './enforcement.js';

/** The outcome of an enforcement, from which the answers of its calls are made. */
export interface CarriedOut extends EndingOutcome {
  /** The plan of the last round. */
  readonly plan: EnforcementPlan;
  /** True when sessions may exist that no list showed. */
  readonly truncated: boolean;
}

/**
 * Makes the answer of each call that shares an enforcement. The first call reports the endings as its own and the
 * others report sessions that had already ended, so that each ending belongs to one call.
 */
export function report(
  calls: readonly EnforcementCall[],
  command: EnforceSessionLimitCommand,
  carriedOut: CarriedOut,
  endedAt: Instant,
  applications: ReadonlyMap<ApplicationId, Application>,
): ReadonlyMap<EnforcementCall, EnforceSessionLimitResult> {
  const { userId, limit, overflow, dryRun } = command;
  const { plan, revoked, alreadyEnded, failures } = carriedOut;
  const stay = isReportOnly(overflow) ? [...plan.kept, ...plan.surplus].sort(newestFirst) : plan.kept;
  const wouldEnd = dryRun && !isReportOnly(overflow);
  const replacementOf = replacementsIn(plan, limit);
  const ended = wouldEnd
    ? plan.surplus.map((one) => describeEnded(one, command.reason, endedAt, replacementOf(one), applications))
    : [...revoked].sort((a, b) => byCreation(a.session, b.session)).map((one) => one.ended);
  const first = {
    userId,
    kept: stay,
    live: [...stay, ...plan.spared].sort(newestFirst),
    ended,
    alreadyEndedIds: alreadyEnded.map(({ id }) => id),
    failures,
    candidates: offersChoice(overflow) ? candidatesOf(plan, limit) : [],
    userErrors: [],
    warnings: warningsOf(carriedOut, wouldEnd),
  };
  const other = {
    ...first,
    ended: [],
    alreadyEndedIds: [...first.alreadyEndedIds, ...ended.map((one) => one.id)],
  };
  const stayingIds = new Set([...plan.kept, ...plan.spared].map(({ id }) => id));
  return new Map(
    calls.map((call, index) => [
      call,
      { ...(index === 0 ? first : other), outcome: outcomeOf(call.command, carriedOut, stayingIds) },
    ]),
  );
}

function outcomeOf(
  { overflow, keepSessionIds, dryRun }: EnforceSessionLimitCommand,
  { plan: { kept, surplus }, revoked, failures, truncated }: CarriedOut,
  stayingIds: ReadonlySet<SessionId>,
): EnforcementOutcome {
  if (isReportOnly(overflow) && surplus.length > 0) return 'LIMIT_REACHED';
  if (dryRun && surplus.length > 0) return 'WOULD_ENFORCE';
  if (failures.length > 0 || truncated) return 'PARTIAL';
  if (keepSessionIds.some((id) => !stayingIds.has(id))) return 'SUPERSEDED';
  if (surplus.length > 0 || revoked.length > 0) return 'ENFORCED';
  return kept.length > 0 ? 'WITHIN_LIMIT' : 'NO_SESSIONS';
}

/** Says which session stays in place of one that ends: the newest kept one of its group. */
export function replacementsIn({ kept }: EnforcementPlan, limit: Limit): (session: Session) => Session | null {
  return (session) => {
    const group = groupOf(session, limit);
    return kept.find((one) => groupOf(one, limit) === group) ?? null;
  };
}

/**
 * The warnings cover sessions that other calls have ended, too: simultaneous calls share their work, and each caller
 * must know.
 */
function warningsOf(
  { plan, revoked, alreadyEnded, truncated, unfinished }: CarriedOut,
  wouldEnd: boolean,
): readonly SessionWarning[] {
  const found: SessionWarning[] = [];
  const gone = wouldEnd ? plan.surplus : [...revoked.map(({ session }) => session), ...alreadyEnded];
  const signsOut = gone.some(({ kind }) => kind === 'application');
  if (signsOut) found.push(warnings.accessTokensStillValid);
  // Nothing shows which SSO session belongs to the browser that was signed out.
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
  const { kept, live } = stayingOf.get(sessions) ?? describeStaying(sessions, limit);
  stayingOf.set(sessions, { kept, live });
  return { userId, outcome: 'SUPERSEDED', kept, live, userErrors: [], ...nothingDone, alreadyEndedIds: endedIds };
}

interface Staying {
  readonly kept: readonly Session[];
  readonly live: readonly Session[];
}

/**
 * The sessions that stay, by their list. Hundreds of calls that share a run, and so a limit, can be superseded at once;
 * this plans once for all.
 */
const stayingOf = new WeakMap<readonly Session[], Staying>();

function describeStaying(sessions: readonly Session[], limit: Limit): Staying {
  return { kept: planEnforcement(sessions, limit).kept, live: [...sessions].sort(newestFirst) };
}

const nothingDone = { ended: [], alreadyEndedIds: [], failures: [], candidates: [], warnings: [] };
