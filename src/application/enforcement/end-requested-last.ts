import type { EnforcementPlan, Limit } from '../../domain/enforcement-plan.js';
import type { SessionId } from '../../domain/ids.js';
import type { Session } from '../../domain/session.js';
import { distinctWarnings } from '../operation/results.js';
import { endSessions } from '../revocation/end-sessions.js';
import { type Ending, type EndingOutcome, nothingEnded } from '../revocation/ending.js';
import { heldFailure, type SessionRevocationFailure } from '../revocation/revocation-failure.js';
import { replacementsIn } from './enforcement-report.js';

/**
 * Ends the sessions of a plan. A session that the caller wanted to keep, and that a newer one supersedes, ends after
 * all others: while it lives, the caller can repeat the call to finish an enforcement that failed.
 */
export async function endRequestedLast(
  plan: EnforcementPlan,
  held: ReadonlySet<SessionId>,
  keepSessionIds: readonly SessionId[],
  limit: Limit,
  ending: Ending,
): Promise<EndingOutcome> {
  const replacementOf = replacementsIn(plan, limit);
  const requestedIds = new Set(keepSessionIds);
  const requested = plan.surplus.filter(({ id }) => requestedIds.has(id));
  const free = plan.surplus.filter(({ id }) => !requestedIds.has(id) && !held.has(id));
  const heldFailures = plan.surplus
    .filter(({ id }) => held.has(id) && !requestedIds.has(id))
    .map(({ id }) => heldFailure(id));
  const ended = await endSessions(free, ending, replacementOf);
  const others = { ...ended, failures: [...ended.failures, ...heldFailures] };
  const [failure] = [
    ...others.failures,
    ...requested.filter(({ id }) => held.has(id)).map(({ id }) => heldFailure(id)),
  ];
  const last = failure === undefined ? await endSessions(requested, ending, replacementOf) : leave(requested, failure);
  return {
    revoked: [...others.revoked, ...last.revoked],
    alreadyEnded: [...others.alreadyEnded, ...last.alreadyEnded],
    failures: [...others.failures, ...last.failures],
    unfinished: distinctWarnings(others.unfinished, last.unfinished),
  };

  function leave(sessions: readonly Session[], because: SessionRevocationFailure): EndingOutcome {
    for (const { id } of sessions) ending.claims.settle(id, 'lives');
    return { ...nothingEnded, failures: sessions.map(({ id }) => ({ ...because, sessionId: id })) };
  }
}
