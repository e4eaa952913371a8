import { Pace } from '../../domain/pace.js';
import type { PolicyLane } from '../../domain/policy-trigger.js';
import {
  type ClaimedPolicyJob,
  claimMs,
  type PolicyJobRequest,
  type PolicyJobs,
} from '../../domain/ports/policy-jobs.js';
import type { PolicyTelemetry } from './policy-telemetry.js';
import type { RunPolicyJob } from './run-policy-job.js';

interface PolicyWorkerOptions {
  readonly jobs: PolicyJobs;
  readonly runJob: Pick<RunPolicyJob, 'execute'>;
  /** How many users of the lane `background` are run in a second. The bound keeps FusionAuth free for sign-ins. */
  readonly backgroundPerSecond: number;
  readonly telemetry: PolicyTelemetry;
}

/** How many users of each lane are run at the same time. */
const maxRunning: Readonly<Record<PolicyLane, number>> = { live: 8, background: 2 };

/** How often to claim jobs that other replicas have left, in milliseconds. */
const pollMs = 1_000;

/** The shortest wait between runs of the lane `background`, in milliseconds. */
const minPaceMs = 10;

/**
 * Runs the jobs of users for whom the policy has to be enforced, a bounded number at the same time, and those of the
 * lane `background` at a bounded rate. It claims jobs when one that this process knows is due, and once a second for
 * those of other replicas.
 *
 * It does nothing until a job is scheduled, or `begin` is called.
 */
export class PolicyWorker implements AsyncDisposable {
  readonly #running = new Map<ClaimedPolicyJob, Promise<void>>();
  #isOn = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #renewal: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  readonly #pace: Pace;

  constructor(private readonly options: PolicyWorkerOptions) {
    this.#pace = new Pace(options.backgroundPerSecond, performance.now());
  }

  /** Schedules runs, and claims them when they are due. Never rejects. */
  async schedule(requests: readonly PolicyJobRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const { jobs, telemetry } = this.options;
    try {
      const refused = await jobs.schedule(requests);
      if (refused > 0) telemetry.refused(refused);
    } catch (error) {
      telemetry.jobsUnavailable(error);
    }
    this.begin();
    this.#wakeIn(Math.min(...requests.map(({ afterMs }) => afterMs)));
  }

  /** Claims jobs from now on. Does nothing the second time. */
  begin(): void {
    if (this.#isOn || this.#isStopped) return;
    this.#isOn = true;
    this.#renewal = setInterval(() => void this.#renew(), claimMs / 3);
    this.#renewal.unref();
    this.#wakeIn(0);
  }

  /** Claims no more jobs where other replicas can take them. */
  drain(): void {
    if (this.options.jobs.isShared) this.#stop();
  }

  /** Waits for the jobs that run. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#looking;
    await Promise.all(this.#running.values());
    clearInterval(this.#renewal);
  }

  #stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#isStopped || at >= this.#wakeAt) return;
    this.#wakeAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#look();
    }, ms);
    this.#timer.unref();
  }

  #look(): void {
    this.#lookAgain = true;
    this.#looking ??= this.#lookOnce();
  }

  async #lookOnce(): Promise<void> {
    // Lets the caller keep the promise before this goes on.
    await null;
    while (this.#lookAgain && !this.#isStopped) {
      this.#lookAgain = false;
      try {
        this.#wakeIn(Math.min(pollMs, await this.#claim()));
      } catch (error) {
        this.options.telemetry.jobsUnavailable(error);
        this.#wakeIn(pollMs);
      }
    }
    this.#looking = null;
  }

  /** @returns in how many milliseconds to look again. */
  async #claim(): Promise<number> {
    const { jobs } = this.options;
    const most = {
      live: this.#free('live'),
      background: Math.min(this.#free('background'), this.#pace.refill(performance.now())),
    };
    // The end of a run claims again.
    if (most.live + most.background === 0) return pollMs;
    const claimed = await jobs.claim(most);
    const taken = claimed.jobs.filter(({ lane }) => lane === 'background').length;
    this.#pace.spend(taken);
    for (const job of claimed.jobs) this.#run(job);
    const mayHaveMore = taken === most.background && this.#free('background') > 0;
    const paceMs = mayHaveMore ? Math.max(minPaceMs, this.#pace.msUntilOne) : pollMs;
    return Math.min(paceMs, Math.max(0, claimed.nextDueMs ?? pollMs));
  }

  #free(lane: PolicyLane): number {
    const count = [...this.#running.keys()].filter((job) => job.lane === lane).length;
    return Math.max(0, maxRunning[lane] - count);
  }

  #run(job: ClaimedPolicyJob): void {
    const { jobs, runJob, telemetry } = this.options;
    const run = runJob
      .execute(job)
      .then((next) => jobs.settle(job, next))
      .catch((error: unknown) => telemetry.jobsUnavailable(error))
      .finally(() => {
        this.#running.delete(job);
        this.#look();
      });
    this.#running.set(job, run);
  }

  async #renew(): Promise<void> {
    const running = [...this.#running.keys()];
    if (running.length === 0) return;
    await this.options.jobs.renew(running).catch((error: unknown) => this.options.telemetry.jobsUnavailable(error));
  }
}
