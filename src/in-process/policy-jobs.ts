import { randomUUID } from 'node:crypto';
import type { UserId } from '../domain/ids.js';
import { scheduled, settled, type WaitingPolicyJob } from '../domain/policy-job-merge.js';
import { laneOf, type PolicyLane } from '../domain/policy-trigger.js';
import type {
  ClaimedPolicyJob,
  ClaimedPolicyJobs,
  NextPolicyRun,
  PolicyBacklog,
  PolicyJobRequest,
  PolicyJobs,
} from '../domain/ports/policy-jobs.js';
import { DueQueue } from './due-queue.js';

interface InProcessPolicyJobsOptions {
  /** How many users may wait, of about 500 bytes each. */
  readonly maxJobs: number;
  /** Milliseconds on a clock that only goes forward. Default: that of the process. */
  readonly elapsedMs?: () => number;
}

/** The share of `maxJobs` that is reserved for the lane `live`. */
export const liveShare = 0.1;

/** Jobs of this process, which end with it. No claim lapses, because its holder is this process. */
export class InProcessPolicyJobs implements PolicyJobs {
  readonly isShared = false;
  readonly #waiting = new Map<UserId, WaitingPolicyJob>();
  readonly #running = new Map<UserId, ClaimedPolicyJob>();
  /** Jobs that can be claimed: not given up, and of users for whom none runs. */
  readonly #due: Readonly<Record<PolicyLane, DueQueue<UserId>>> = { live: new DueQueue(), background: new DueQueue() };
  #deadCount = 0;

  constructor(private readonly options: InProcessPolicyJobsOptions) {}

  async schedule(requests: readonly PolicyJobRequest[]): Promise<number> {
    let refused = 0;
    for (const request of requests) {
      const waiting = this.#waiting.get(request.userId) ?? null;
      if (waiting === null && !this.#hasRoom(laneOf[request.trigger])) refused++;
      else this.#keep(scheduled(waiting, request, this.#now()));
    }
    return refused;
  }

  async claim(most: Readonly<Record<PolicyLane, number>>): Promise<ClaimedPolicyJobs> {
    const now = this.#now();
    const jobs: ClaimedPolicyJob[] = [];
    for (const lane of ['live', 'background'] as const) {
      for (let count = 0; count < most[lane]; count++) {
        const first = this.#due[lane].first();
        const job = first === undefined ? undefined : this.#waiting.get(first.key);
        if (job === undefined || job.dueAt > now) break;
        this.#forget(job);
        const { dueAt, isDead: _, ...facts } = job;
        const claimed = { ...facts, claim: randomUUID(), overdueMs: now - dueAt };
        this.#running.set(job.userId, claimed);
        jobs.push(claimed);
      }
    }
    const next = [this.#due.live.first(), this.#due.background.first()].flatMap((one) => one?.dueAt ?? []);
    return { jobs, nextDueMs: next.length === 0 ? null : Math.max(0, Math.min(...next) - now) };
  }

  async renew(): Promise<void> {}

  async settle(job: ClaimedPolicyJob, next: NextPolicyRun | null): Promise<void> {
    if (this.#running.get(job.userId)?.claim !== job.claim) return;
    this.#running.delete(job.userId);
    const waiting = this.#waiting.get(job.userId) ?? null;
    if (next !== null) this.#keep(settled(waiting, job, next, this.#now()));
    else if (waiting !== null) this.#keep(waiting);
  }

  async revive(): Promise<number> {
    const dead = [...this.#waiting.values()].filter(({ isDead }) => isDead);
    for (const job of dead) {
      this.#keep({ ...job, isDead: false, attempts: 0, lane: 'background', triggers: ['sweep'], dueAt: this.#now() });
    }
    return dead.length;
  }

  async backlog(): Promise<PolicyBacklog> {
    const { live, background } = this.#due;
    const oldest = Math.min(...[live.first(), background.first()].map((one) => one?.dueAt ?? Number.POSITIVE_INFINITY));
    return {
      waiting: { live: live.size, background: background.size },
      dead: this.#deadCount,
      overdueMs: Number.isFinite(oldest) ? Math.max(0, this.#now() - oldest) : 0,
    };
  }

  #now(): number {
    return (this.options.elapsedMs ?? elapsedMs)();
  }

  #hasRoom(lane: PolicyLane): boolean {
    const { maxJobs } = this.options;
    return this.#waiting.size < (lane === 'live' ? maxJobs : Math.ceil(maxJobs * (1 - liveShare)));
  }

  #keep(job: WaitingPolicyJob): void {
    const known = this.#waiting.get(job.userId);
    if (known !== undefined) this.#forget(known);
    this.#waiting.set(job.userId, job);
    if (job.isDead) this.#deadCount++;
    else if (!this.#running.has(job.userId)) this.#due[job.lane].set(job.userId, job.dueAt);
  }

  #forget(job: WaitingPolicyJob): void {
    this.#waiting.delete(job.userId);
    this.#due[job.lane].delete(job.userId);
    if (job.isDead) this.#deadCount--;
  }
}

function elapsedMs(): number {
  return performance.now();
}
