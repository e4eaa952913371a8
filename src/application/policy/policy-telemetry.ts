import type { UserId } from '../../domain/ids.js';
import type { PolicyTrigger } from '../../domain/policy-trigger.js';
import type { PolicyBacklog } from '../../domain/ports/policy-jobs.js';
import type { Instant } from '../../domain/session.js';

/** The reports of the triggers of the policy to operators. No method throws. */
export interface PolicyTelemetry {
  /** A run for one user has ended. */
  ran(run: PolicyRun): void;
  /** A run failed, and is tried again after `retryAfterMs` milliseconds. */
  runFailed(userId: UserId, error: unknown, retryAfterMs: number): void;
  /** A user was given up after too many runs that failed: until the next trigger, or the next sweep. */
  gaveUp(userId: UserId, attempts: number): void;
  /** The policy may end no more sessions in this minute: these stay, and the user is looked at again. */
  heldBack(userId: UserId, sessions: number, retryAfterMs: number): void;
  /** This many users were not scheduled, because too many wait. */
  refused(users: number): void;
  /** Users could not be scheduled, claimed or settled. */
  jobsUnavailable(error: unknown): void;
  /** FusionAuth's login records have been swept up to this instant, and named this many users. */
  swept(until: Instant, users: number, backlog: PolicyBacklog): void;
  /** FusionAuth's login records could not be read. */
  sweepFailed(error: unknown): void;
  /** A sign-in was let in or refused. `failed`: FusionAuth could not be asked, and the configuration has decided. */
  signInDecided(decision: SignInDecisionFacts): void;
}

/** Jobs as traces. */
export interface JobTracing {
  /** Runs a job as the root of a trace. @param trigger The first that asked for it. */
  job<Result>(trigger: string, run: () => Promise<Result>): Promise<Result>;
}

export interface PolicyRun {
  readonly userId: UserId;
  readonly triggers: readonly PolicyTrigger[];
  readonly outcome: PolicyRunOutcome;
  /** The time from when it was due to its end. */
  readonly tookMs: number;
  readonly ended: number;
}

export type PolicyRunOutcome =
  | 'complete'
  /** No policy is in force. */
  | 'noPolicy'
  /** The session of a sign-in has not been seen yet, and is looked for again. */
  | 'notSeenYet'
  /** The session of a sign-in was never seen: it made none, or somebody has ended it. */
  | 'neverSeen'
  /** Sessions stay because the policy may end no more in this minute. */
  | 'heldBack'
  /** Some sessions could not be ended or seen. */
  | 'partial'
  | 'failed';

export interface SignInDecisionFacts {
  readonly userId: UserId;
  readonly decision: 'admitted' | 'denied';
  /** The rule that denied it; null when none did. */
  readonly rule: string | null;
  readonly failed: boolean;
}
