import type { Application } from '../domain/directory.js';
import type { EndedSession } from '../domain/ended-session.js';
import { candidatesOf, type EnforcementPlan, groupOf, type SessionLimit } from '../domain/enforcement-plan.js';
import type { ApplicationId, UserId } from '../domain/ids.js';
import { type Instant, newestFirst, type Session } from '../domain/session.js';
import { describeEnded, type SessionRevocationFailure } from './end-sessions.js';
import {
  type EnforcementOutcome,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  onlyTells,
} from './enforcement.js';
import { type SessionWarning, type UserError, warnings } from './results.js';

/** What an enforcement did, before it is put into words. */
export interface CarriedOut {
  /** That of the last round. */
  readonly plan: EnforcementPlan;
  readonly revoked: readonly Session[];
  readonly failures: readonly SessionRevocationFailure[];
  /** True when sessions may exist that no list showed. */
  readonly truncated: boolean;
}

export function report(
  command: EnforceSessionLimitCommand,
  { plan, revoked, failures, truncated }: CarriedOut,
  endedAt: Instant,
  applications: ReadonlyMap<ApplicationId, Application>,
): EnforceSessionLimitResult {
  const { userId, limit, overflow, dryRun } = command;
  const stay = onlyTells(overflow) ? [...plan.kept, ...plan.surplus].sort(newestFirst) : plan.kept;
  const ended = (dryRun && !onlyTells(overflow) ? plan.surplus : revoked).map((session) =>
    describeEnded(session, command, endedAt, replacementOf(session, plan, limit), applications),
  );
  return {
    userId,
    outcome: outcomeOf(command, { plan, revoked, failures, truncated }),
    kept: stay,
    live: [...stay, ...plan.spared].sort(newestFirst),
    ended,
    failures,
    candidates: overflow === 'askUser' ? candidatesOf(plan, limit) : [],
    userErrors: [],
    warnings: warningsOf(limit, plan, ended, truncated),
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

function replacementOf(session: Session, { kept }: EnforcementPlan, limit: SessionLimit): Session | null {
  const group = groupOf(session, limit);
  return kept.find((one) => groupOf(one, limit) === group) ?? null;
}

function warningsOf(
  { ssoSessions }: SessionLimit,
  { spared }: EnforcementPlan,
  ended: readonly EndedSession[],
  truncated: boolean,
): readonly SessionWarning[] {
  const found: SessionWarning[] = [];
  const endsApplicationSessions = ended.some(({ applicationId }) => applicationId !== null);
  if (endsApplicationSessions) found.push(warnings.accessTokensStillValid);
  if (endsApplicationSessions && ssoSessions === 'keepAll' && spared.some(({ kind }) => kind === 'sso')) {
    found.push(warnings.ssoSessionsRemain);
  }
  if (truncated) found.push(warnings.listingTruncated);
  return found;
}

/** The answer when nothing was attempted. */
export function refused(userId: UserId, userError: UserError): EnforceSessionLimitResult {
  const nothing = { kept: [], live: [], ended: [], failures: [], candidates: [], warnings: [] };
  return { userId, outcome: null, userErrors: [userError], ...nothing };
}
