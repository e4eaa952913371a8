import { type ApiFailure, asFailure } from '../api/failure.js';
import { signedOut } from './connection.js';
import { forget, remember } from './cut-off.js';
import { keepDraft } from './draft.js';
import { type Ended, nothing, overIn, together } from './ended.js';
import { carryOut, type EndingPlan, type Selection } from './ending.js';
import { createStore } from './store.js';

/** The ending of sessions that somebody has confirmed. It goes on while its person looks at other pages. */
export interface EndingJob {
  readonly id: string;
  readonly plan: EndingPlan;
  /** How many are to end, as the dry run had it. */
  readonly total: number;
  readonly result: Ended;
  /** Sessions that events have shown to be over, before the answer of the call says so. */
  readonly seenEnded: ReadonlySet<string>;
  /** `waiting`: no answer came, and it goes on by itself. */
  readonly status: 'running' | 'waiting' | 'stopped' | 'done' | 'failed';
  /** Whether an answer was lost, so that more may have ended than is known. */
  readonly hasLostAnswer: boolean;
  /** Why it could not go on. */
  readonly failure: ApiFailure | null;
}

/** The newest last. */
export const jobs = createStore<readonly EndingJob[]>([]);

const stops = new Map<string, AbortController>();

/** Ids are of this browser alone. */
let lastNumber = 0;

/** How often in a row it is tried again when no answer comes, as while the service is started anew. */
const maxTries = 20;
const tryAgainMs = 3_000;

/** Begins a job and answers its id. */
export function startJob(plan: EndingPlan, total: number): string {
  lastNumber += 1;
  const begunAt = Date.now();
  const id = `${begunAt}-${lastNumber}`;
  const stop = new AbortController();
  stops.set(id, stop);
  const begun = { result: nothing, seenEnded: new Set<string>(), hasLostAnswer: false, failure: null };
  jobs.set([...jobs.get(), { id, plan, total, status: 'running', ...begun }]);
  remember({ id, viewerId: plan.viewerId, userId: plan.userId, total, begunAt });
  void runJob(id, { plan, total }, stop.signal);
  return id;
}

/** No further call is made; the one under way is finished. */
export function stopJob(id: string): void {
  stops.get(id)?.abort();
}

export function forgetJob(id: string): void {
  jobs.set(jobs.get().filter((job) => job.id !== id));
  forget(id);
}

export function isUnderWay({ status }: Pick<EndingJob, 'status'>): boolean {
  return status === 'running' || status === 'waiting';
}

/** How many sessions of the job are known to be over. */
export function endedCountOf({ result, seenEnded }: EndingJob): number {
  return new Set([...overIn(result), ...seenEnded]).size;
}

/** How many were over when the service answered again, and were not said to be: what a lost answer had been about. */
export function unansweredCountOf({ result, total, status, hasLostAnswer }: EndingJob): number {
  if (status !== 'done' || !hasLostAnswer) return 0;
  return Math.max(0, total - overIn(result).size - result.failures.length);
}

/** What of the job is not done. */
export function leftOf({ plan: { selection }, result, total }: Pick<EndingJob, 'plan' | 'result' | 'total'>): {
  readonly selection: Selection;
  readonly count: number;
} {
  const over = overIn(result);
  const count = Math.max(1, total - over.size);
  if (selection.kind !== 'ids') return { selection, count };
  return { selection: { kind: 'ids', sessionIds: selection.sessionIds.filter((id) => !over.has(id)) }, count };
}

/** An event says that a session of the user is over. */
export function noteEnded(userId: string, sessionId: string): void {
  jobs.set(
    jobs.get().map((job) => {
      const { plan, seenEnded } = job;
      if (!isUnderWay(job) || plan.userId !== userId) return job;
      if (plan.selection.kind === 'ids' && !plan.selection.sessionIds.includes(sessionId)) return job;
      return { ...job, seenEnded: new Set([...seenEnded, sessionId]) };
    }),
  );
}

async function runJob(
  id: string,
  { plan, total }: Pick<EndingJob, 'plan' | 'total'>,
  stop: AbortSignal,
): Promise<void> {
  let result = nothing;
  for (let tries = 0; ; tries++) {
    const left = leftOf({ plan, result, total });
    try {
      for await (const ended of carryOut({ ...plan, selection: left.selection }, left.count, stop)) {
        tries = 0;
        result = together(result, ended);
        change(id, () => ({ result, status: 'running' }));
      }
      change(id, () => ({ status: stop.aborted ? 'stopped' : 'done' }));
      forget(id);
      break;
    } catch (error) {
      const failure = asFailure(error);
      if (signedOut.get()) keepDraft(plan);
      const hasLostAnswer = failure.code === 'UNREACHABLE';
      if (hasLostAnswer) change(id, () => ({ hasLostAnswer }));
      if (!hasLostAnswer || tries >= maxTries || stop.aborted) {
        change(id, () => ({ status: stop.aborted ? 'stopped' : 'failed', failure }));
        break;
      }
      change(id, () => ({ status: 'waiting' }));
      await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
    }
  }
  stops.delete(id);
}

function change(id: string, toChange: (job: EndingJob) => Partial<EndingJob>): void {
  jobs.set(jobs.get().map((job) => (job.id === id ? { ...job, ...toChange(job) } : job)));
}

addEventListener('beforeunload', (event) => {
  if (jobs.get().some(isUnderWay)) event.preventDefault();
});
