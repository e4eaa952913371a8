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
  /** How many users of the lane `background` are looked at in a second, so that sign-ins find FusionAuth at leisure. */
  readonly backgroundPerSecond: number;
  readonly telemetry: PolicyTelemetry;
}

/** How many users are looked at at the same time. */
const maxRunning: Readonly<Record<PolicyLane, number>> = { live: 8, background: 2 };

/** How often to look for jobs of replicas that have left, in milliseconds. */
const pollMs = 1_000;

/** The shortest wait for a turn of the background, in milliseconds. */
const minPaceMs = 10;

/**
 * Looks at users for whom the policy has to be enforced: so many at the same time, and those in the background so many
 * in a second. It asks for jobs when one is due that this process knows of, and once a second for those of others.
 *
 * It does nothing until something is scheduled, or it is told to begin.
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

  /** Schedules runs, and makes sure that somebody looks when they are due. Never rejects. */
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

  /** Looks for jobs from now on. Does nothing the second time. */
  begin(): void {
    if (this.#isOn || this.#isStopped) return;
    this.#isOn = true;
    this.#renewal = setInterval(() => void this.#renew(), claimMs / 3);
    this.#renewal.unref();
    this.#wakeIn(0);
  }

  /** Leaves what waits to other replicas, where there may be any. */
  drain(): void {
    if (this.options.jobs.isShared) this.#stop();
  }

  /** Waits for what runs. */
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
    // Whoever calls keeps the promise before this goes on.
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
    // The end of a run looks again.
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
