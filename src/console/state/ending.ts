import type { SessionEndReason, SessionFilter } from '../../operations/operations.js';
import { ConsoleRevokeSession, ConsoleRevokeSessions } from '../api/documents.js';
import { run } from '../api/run.js';
import { chunksOf } from './chunks.js';
import { type Ended, type EndedItem, nothing, together } from './ended.js';

/** Which sessions of a user are to end. */
export type Selection =
  | { readonly kind: 'ids'; readonly sessionIds: readonly string[] }
  /** All that match and began before the person asked, so that nothing ends that was not there to be seen. */
  | { readonly kind: 'matching'; readonly filter: SessionFilter; readonly before: string; readonly count: number };

export interface EndingPlan {
  /** Who ends them; null when that is not known. */
  readonly viewerId: string | null;
  readonly userId: string;
  readonly userName: string;
  readonly selection: Selection;
  readonly reason: SessionEndReason;
  readonly comment: string;
  readonly includeSsoSessions: boolean;
  /** Without session:bulk, sessions end one by one. */
  readonly mayBulk: boolean;
  /** Without session:revoke, a single session ends as several do. */
  readonly mayRevoke: boolean;
}

/** With SSO sessions, the service takes no more ids in one call. */
const maxIdsOfCall = 50;
/** Small enough for progress to be seen. */
const matchingOfCall = 100;
/** The most that the service shows of what would end. */
const maxShown = 500;

/** Shows what would end. */
export async function dryRun(plan: EndingPlan, signal: AbortSignal): Promise<Ended> {
  const { selection } = plan;
  if (selection.kind === 'matching') return endMatching(plan, selection, { dryRun: true, max: maxShown }, signal);
  let all = nothing;
  for (const ids of chunksOf(selection.sessionIds, plan.mayBulk ? maxIdsOfCall : 1)) {
    all = together(all, await endIds(plan, ids, true, signal));
  }
  return all;
}

/**
 * Ends what the plan says, one call after another, until the signal is aborted.
 * @param total how many that is: where FusionAuth lists a part of the sessions only, others come to light meanwhile.
 */
export async function* carryOut(plan: EndingPlan, total: number, signal: AbortSignal): AsyncGenerator<Ended> {
  const { selection } = plan;
  if (selection.kind === 'ids') {
    for (const ids of chunksOf(selection.sessionIds, plan.mayBulk ? maxIdsOfCall : 1)) {
      if (signal.aborted) return;
      yield await endIds(plan, ids, false);
    }
    return;
  }
  const failed = new Set<string>();
  let left = total;
  while (left > 0) {
    if (signal.aborted) return;
    const round = await endMatching(plan, selection, { dryRun: false, max: Math.min(left, matchingOfCall) });
    const failures = round.failures.filter(({ sessionId }) => !failed.has(sessionId));
    for (const { sessionId } of failures) failed.add(sessionId);
    yield { ...round, failures };
    const progress = round.ended.length + round.alreadyEndedIds.length;
    // What failed still matches: without progress the next call would only fail again.
    if (!round.more || progress === 0) return;
    left -= progress;
  }
}

async function endIds(plan: EndingPlan, ids: readonly string[], dry: boolean, signal?: AbortSignal): Promise<Ended> {
  const { reason, comment, includeSsoSessions, userId, mayRevoke } = plan;
  const [sessionId] = ids;
  if (sessionId === undefined) return nothing;
  const shared = { reason, comment: comment === '' ? null : comment, includeSsoSessions, dryRun: dry };
  if (ids.length > 1 || !mayRevoke) {
    const { revokeSessions } = await run(ConsoleRevokeSessions, { input: { ...shared, sessionIds: [...ids] } }, signal);
    return ofBulk(revokeSessions);
  }
  const { revokeSession } = await run(ConsoleRevokeSession, { ...shared, sessionId, userId }, signal);
  const { endedSession, revokedSsoSessions, failures, userErrors, warnings, outcome } = revokeSession;
  return {
    ended: [...(endedSession === null ? [] : [endedSession]), ...revokedSsoSessions],
    alreadyEndedIds: outcome === 'ALREADY_ENDED' ? [sessionId] : [],
    failures: [
      ...failures,
      // One session that could not be ended is a failure of that session, as it is among several.
      ...userErrors
        .filter(({ field }) => field === null || field.includes('sessionId'))
        .map(({ message }) => ({ sessionId, message })),
    ],
    refusals: userErrors.filter(({ field }) => field !== null && !field.includes('sessionId')),
    warnings,
    more: false,
  };
}

interface MatchingOptions {
  readonly dryRun: boolean;
  readonly max: number;
}

async function endMatching(
  { userId, reason, comment, includeSsoSessions }: EndingPlan,
  { filter, before }: Extract<Selection, { readonly kind: 'matching' }>,
  { dryRun: dry, max }: MatchingOptions,
  signal?: AbortSignal,
): Promise<Ended> {
  const input = {
    userId,
    filter: { ...filter, createdAt: { ...filter.createdAt, before } },
    reason,
    comment: comment === '' ? null : comment,
    includeSsoSessions,
    maxRevocations: max,
    dryRun: dry,
  };
  return ofBulk((await run(ConsoleRevokeSessions, { input }, signal)).revokeSessions);
}

interface BulkPayload {
  readonly revokedSessions: readonly EndedItem[];
  readonly alreadyEndedIds: readonly string[];
  readonly failures: Ended['failures'];
  readonly more: boolean;
  readonly userErrors: Ended['refusals'];
  readonly warnings: Ended['warnings'];
}

function ofBulk({ revokedSessions, userErrors, ...rest }: BulkPayload): Ended {
  return { ...rest, ended: revokedSessions, refusals: userErrors };
}
