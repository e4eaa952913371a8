import { type ApiFailure, asFailure } from '../api/failure.js';
import { carryOut, type Ended, type EndingPlan, nothing, together } from './ending.js';
import { createStore } from './store.js';

/** The ending of sessions that somebody has confirmed. It goes on while its person looks at other pages. */
export interface EndingJob {
  readonly id: number;
  readonly plan: EndingPlan;
  /** How many are to end, as the dry run had it. */
  readonly total: number;
  readonly result: Ended;
  /** Sessions that events have shown to be over, before the answer of the call says so. */
  readonly seenEnded: ReadonlySet<string>;
  readonly status: 'running' | 'stopped' | 'done' | 'failed';
  /** Why it could not go on. */
  readonly failure: ApiFailure | null;
}

/** The newest last. */
export const jobs = createStore<readonly EndingJob[]>([]);

const stops = new Map<number, AbortController>();
let lastId = 0;

/** Begins a job and answers its id. */
export function startJob(plan: EndingPlan, total: number): number {
  lastId += 1;
  const id = lastId;
  const stop = new AbortController();
  stops.set(id, stop);
  const job: EndingJob = { id, plan, total, result: nothing, seenEnded: new Set(), status: 'running', failure: null };
  jobs.set([...jobs.get(), job]);
  void runJob(id, { plan, total }, stop.signal);
  return id;
}

/** No further call is made; the one under way is finished. */
export function stopJob(id: number): void {
  stops.get(id)?.abort();
}

export function forgetJob(id: number): void {
  jobs.set(jobs.get().filter((job) => job.id !== id));
}

/** How many sessions of the job are known to be over. */
export function endedCountOf({ result, seenEnded }: EndingJob): number {
  const ids = new Set([...result.ended.map(({ sessionId }) => sessionId), ...result.alreadyEndedIds, ...seenEnded]);
  return ids.size;
}

/** An event says that a session of the user is over. */
export function noteEnded(userId: string, sessionId: string): void {
  jobs.set(
    jobs.get().map((job) => {
      const { plan, status, seenEnded } = job;
      if (status !== 'running' || plan.userId !== userId) return job;
      if (plan.selection.kind === 'ids' && !plan.selection.sessionIds.includes(sessionId)) return job;
      return { ...job, seenEnded: new Set([...seenEnded, sessionId]) };
    }),
  );
}

async function runJob(
  id: number,
  { plan, total }: Pick<EndingJob, 'plan' | 'total'>,
  stop: AbortSignal,
): Promise<void> {
  try {
    for await (const ended of carryOut(plan, total, stop))
      change(id, (job) => ({ result: together(job.result, ended) }));
    change(id, () => ({ status: stop.aborted ? 'stopped' : 'done' }));
  } catch (error) {
    change(id, () => ({ status: 'failed', failure: asFailure(error) }));
  }
  stops.delete(id);
}

function change(id: number, toChange: (job: EndingJob) => Partial<EndingJob>): void {
  jobs.set(jobs.get().map((job) => (job.id === id ? { ...job, ...toChange(job) } : job)));
}

addEventListener('beforeunload', (event) => {
  if (jobs.get().some(({ status }) => status === 'running')) event.preventDefault();
});
