import type { SessionId, TenantId, UserId } from '../ids.js';
import type { PolicyLane, PolicyTrigger } from '../policy-trigger.js';
import type { Instant } from '../session.js';

/**
 * The queue of users for whom the policy has to be enforced. Each user is in it once: further requests are merged.
 *
 * - **Atomic.** Requests that arrive while a user's job runs lead to one more run after it has been settled. No two
 *   replicas have a job of one user at the same time, unless a claim was not renewed in time.
 * - **Order.** Each lane is claimed on its own, the job that has been due for longest first. Times are durations,
 *   because the clocks of replicas differ.
 * - **Failure.** In a shared store a job outlives its process: a claim that is not renewed is claimed by another one,
 *   with one more attempt. While that store cannot be reached, jobs are kept by this process, in the same bounds.
 * - **Bounds.** A store holds `maxJobs` users, a tenth of which is reserved for the lane `live`. Further requests are
 *   refused, and counted in the answer. The newest {@link maxAwaited} sign-ins of each user are remembered.
 */
export interface PolicyJobs {
  /** Whether other replicas take over what this process leaves. */
  readonly isShared: boolean;
  /**
   * Schedules runs. Once the promise has resolved, they are as durable as the store.
   * @returns how many were refused because too many wait.
   */
  schedule(requests: readonly PolicyJobRequest[]): Promise<number>;
  /**
   * Claims jobs that are due, at most `most` of each lane. The caller has to settle them.
   * @throws StoreUnavailableError
   */
  claim(most: Readonly<Record<PolicyLane, number>>): Promise<ClaimedPolicyJobs>;
  /**
   * Keeps claims for another {@link claimMs}. To be called before that time has passed.
   * @throws StoreUnavailableError
   */
  renew(jobs: readonly ClaimedPolicyJob[]): Promise<void>;
  /**
   * Ends a claim. Does nothing when another process has claimed the job meanwhile.
   * @param next When and with what it runs again; null when it is done.
   * @throws StoreUnavailableError: the claim lapses, and the job runs again.
   */
  settle(job: ClaimedPolicyJob, next: NextPolicyRun | null): Promise<void>;
  /**
   * Schedules every job that was given up again, in the lane `background`. @returns how many. @throws
   * StoreUnavailableError
   */
  revive(): Promise<number>;
  /** For metrics; may be some seconds old. @throws StoreUnavailableError */
  backlog(): Promise<PolicyBacklog>;
}

/** How long a claim holds, in milliseconds, without being renewed. */
export const claimMs = 15_000;

/** How many sign-ins of one user are remembered whose session has not been seen. */
export const maxAwaited = 16;

export interface PolicyJobRequest {
  readonly userId: UserId;
  /** Null when it is not known. */
  readonly tenantId: TenantId | null;
  /** A session that the run has to see; null for none. The last one named counts. */
  readonly sessionId: SessionId | null;
  readonly trigger: PolicyTrigger;
  /**
   * How long to wait, in milliseconds. The earliest of several requests counts; a job that has failed keeps its time.
   */
  readonly afterMs: number;
  /** The sign-in whose session has to appear; null for none. */
  readonly awaited: AwaitedSignIn | null;
}

/** A sign-in that was reported, and whose session did not exist then. */
export interface AwaitedSignIn {
  /** The same for every report of it: of two with one key the first counts. At most 100 characters. */
  readonly key: string;
  /** By the clock of FusionAuth: its session is created at this instant or later. */
  readonly at: Instant;
}

export interface PolicyJob {
  readonly userId: UserId;
  readonly tenantId: TenantId | null;
  readonly sessionId: SessionId | null;
  /** What has asked for the run, each once. */
  readonly triggers: readonly PolicyTrigger[];
  readonly lane: PolicyLane;
  /** Oldest first. */
  readonly awaited: readonly AwaitedSignIn[];
  /** How often sessions of awaited sign-ins were looked for since the last of these was reported. */
  readonly looks: number;
  /** How many runs have failed, or never ended, since the last that did not. */
  readonly attempts: number;
}

export interface ClaimedPolicyJob extends PolicyJob {
  /** Sets this claim apart from others of the same user. */
  readonly claim: string;
  /** How long ago it was due, in milliseconds. */
  readonly overdueMs: number;
}

export interface ClaimedPolicyJobs {
  readonly jobs: readonly ClaimedPolicyJob[];
  /** In how many milliseconds the next waiting job is due; null when none waits. */
  readonly nextDueMs: number | null;
}

/** Merged with what was scheduled during the run. */
export interface NextPolicyRun extends Pick<PolicyJob, 'awaited' | 'looks' | 'attempts'> {
  readonly afterMs: number;
  /** True for a job that is given up: it is kept until something schedules its user again, or it is revived. */
  readonly isDead: boolean;
}

export interface PolicyBacklog {
  readonly waiting: Readonly<Record<PolicyLane, number>>;
  /** Given up, and kept. */
  readonly dead: number;
  /** For how many milliseconds the oldest waiting job has been due. */
  readonly overdueMs: number;
}
