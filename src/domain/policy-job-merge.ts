import { laneOf } from './policy-trigger.js';
import {
  type AwaitedSignIn,
  maxAwaited,
  type NextPolicyRun,
  type PolicyJob,
  type PolicyJobRequest,
} from './ports/policy-jobs.js';

/** A job that waits, and the instant at which it is due, by the clock of its store. */
export interface WaitingPolicyJob extends PolicyJob {
  readonly dueAt: number;
  readonly isDead: boolean;
}

/** Merges a request made at `now` into the job that waits. The SQL of shared stores does the same. */
export function scheduled(waiting: WaitingPolicyJob | null, request: PolicyJobRequest, now: number): WaitingPolicyJob {
  const { userId, tenantId, sessionId, trigger, afterMs, awaited } = request;
  const asked: WaitingPolicyJob = {
    userId,
    tenantId,
    sessionId,
    triggers: [trigger],
    lane: laneOf[trigger],
    awaited: awaited === null ? [] : [awaited],
    looks: 0,
    attempts: 0,
    dueAt: now + afterMs,
    isDead: false,
  };
  if (waiting === null) return asked;
  // A request for a user that was given up begins anew. It does not cut a back-off short.
  const backsOff = waiting.attempts > 0 && !waiting.isDead;
  return {
    ...asked,
    tenantId: tenantId ?? waiting.tenantId,
    sessionId: sessionId ?? waiting.sessionId,
    triggers: [...new Set([...waiting.triggers, trigger])],
    lane: waiting.lane === 'live' ? 'live' : asked.lane,
    awaited: mergeAwaited(waiting.awaited, asked.awaited),
    looks: awaited === null ? waiting.looks : 0,
    attempts: waiting.isDead ? 0 : waiting.attempts,
    dueAt: backsOff ? waiting.dueAt : waiting.isDead ? asked.dueAt : Math.min(waiting.dueAt, asked.dueAt),
  };
}

/** Merges a run that has to be made again at `now` into the job that waits. */
export function settled(
  waiting: WaitingPolicyJob | null,
  job: PolicyJob,
  next: NextPolicyRun,
  now: number,
): WaitingPolicyJob {
  const again: WaitingPolicyJob = {
    userId: job.userId,
    tenantId: job.tenantId,
    sessionId: job.sessionId,
    triggers: job.triggers,
    lane: job.lane,
    awaited: next.awaited,
    looks: next.looks,
    attempts: next.attempts,
    dueAt: now + next.afterMs,
    isDead: next.isDead,
  };
  if (waiting === null) return again;
  // Requests that came during the run are not given up with the earlier ones.
  if (next.isDead) return { ...waiting, awaited: mergeAwaited(next.awaited, waiting.awaited) };
  return {
    ...again,
    tenantId: waiting.tenantId ?? job.tenantId,
    sessionId: waiting.sessionId ?? job.sessionId,
    triggers: [...new Set([...job.triggers, ...waiting.triggers])],
    lane: job.lane === 'live' ? 'live' : waiting.lane,
    awaited: mergeAwaited(next.awaited, waiting.awaited),
    looks: Math.min(next.looks, waiting.looks),
    dueAt: next.attempts > 0 ? again.dueAt : Math.min(again.dueAt, waiting.dueAt),
  };
}

/** Of two with one key the first counts. */
function mergeAwaited(known: readonly AwaitedSignIn[], more: readonly AwaitedSignIn[]): readonly AwaitedSignIn[] {
  const byKey = new Map(more.map((one) => [one.key, one]));
  for (const one of known) byKey.set(one.key, one);
  return [...byKey.values()].sort(byInstant).slice(-maxAwaited);
}

/** The earlier first, in an order that nothing else changes. */
export function byInstant(one: AwaitedSignIn, other: AwaitedSignIn): number {
  return one.at - other.at || (one.key < other.key ? -1 : 1);
}
