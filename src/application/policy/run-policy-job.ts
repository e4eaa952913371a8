import { haveBegun } from '../../domain/awaited-sign-ins.js';
import { askedToWaitMs } from '../../domain/errors.js';
import type { SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { ClaimedPolicyJob, NextPolicyRun } from '../../domain/ports/policy-jobs.js';
import type { Session } from '../../domain/session.js';
import type { PolicyRunOutcome, PolicyTelemetry } from './policy-telemetry.js';
import type { SeenSessions } from './seen-sessions.js';

/** How the policy is enforced for one user. */
export interface PolicyEnforcer {
  execute(command: {
    readonly tenantId: TenantId | null;
    readonly userId: UserId;
    readonly sessionId: SessionId | null;
    readonly trigger: string;
  }): Promise<EnforcedPolicy>;
}

/** The outcome of an enforcement that a run needs. */
export interface EnforcedPolicy {
  readonly policy: { readonly maxRevocationsPerMinute: number } | null;
  readonly done: 'complete' | 'partial' | 'sessionNotSeen';
  /** None for a user who is exempt, or does not exist. */
  readonly rules: readonly unknown[];
  readonly ended: readonly unknown[];
  readonly failures: readonly { readonly code: string }[];
  /** Every session that is live afterwards. */
  readonly live: readonly Pick<Session, 'id' | 'createdAt'>[];
}

/**
 * When the session of a sign-in is looked for, in milliseconds after the report. It does not exist at the report, and a
 * redirect of the browser or a question for consent delays it further.
 */
export const looksAfterMs = [250, 1_000, 3_000, 10_000, 60_000] as const;

/** A user is given up after this many failed runs in a row, which take about ten minutes. */
const maxAttempts = 10;

const firstRetryMs = 1_000;
const maxRetryMs = 120_000;

/** How long users whose sessions may not end yet wait at most, in milliseconds. */
const maxHoldMs = 1_800_000;

interface RunPolicyJobPorts {
  readonly enforcer: PolicyEnforcer;
  readonly seen: SeenSessions;
  readonly telemetry: PolicyTelemetry;
  /** 0 to 1. Spreads the retries of users who failed together. */
  readonly random: () => number;
  readonly elapsedMs: () => number;
}

/** Runs one job, and decides whether and when its user is looked at again. */
export class RunPolicyJob {
  /** When users were held back lately. When they are many, most have to wait longer than a minute. */
  readonly #heldAt: number[] = [];

  constructor(private readonly ports: RunPolicyJobPorts) {}

  /** Never rejects. @returns null when the job is done. */
  async execute(job: ClaimedPolicyJob): Promise<NextPolicyRun | null> {
    const { telemetry, elapsedMs } = this.ports;
    const startedAt = elapsedMs();
    const { outcome, ended, next } = await this.#run(job);
    const tookMs = job.overdueMs + elapsedMs() - startedAt;
    telemetry.ran({ userId: job.userId, triggers: job.triggers, outcome, tookMs, ended });
    return next;
  }

  async #run(job: ClaimedPolicyJob): Promise<Ran> {
    // A run that kills its process must not do so for ever.
    if (job.attempts >= maxAttempts) return { outcome: 'failed', ended: 0, next: this.#giveUp(job) };
    try {
      const enforced = await this.#enforce(job);
      for (const { id } of enforced.live) this.ports.seen.meet(id);
      return this.#judge(job, enforced);
    } catch (error) {
      return { outcome: 'failed', ended: 0, next: this.#retry(job, error) };
    }
  }

  /**
   * Enforces for a job. A session that has ended meanwhile must not keep the limit from being enforced for the others.
   */
  async #enforce({ tenantId, userId, sessionId, triggers }: ClaimedPolicyJob): Promise<EnforcedPolicy> {
    const command = { tenantId, userId, trigger: triggers[0] ?? 'sweep' };
    const enforced = await this.ports.enforcer.execute({ ...command, sessionId });
    if (enforced.done !== 'sessionNotSeen' || sessionId === null) return enforced;
    return this.ports.enforcer.execute({ ...command, sessionId: null });
  }

  #judge(job: ClaimedPolicyJob, enforced: EnforcedPolicy): Ran {
    const ended = enforced.ended.length;
    const { policy } = enforced;
    if (policy === null) return { outcome: 'noPolicy', ended, next: null };
    const hasBegun = enforced.rules.length === 0 || haveBegun(job.awaited, enforced.live);
    const awaited = hasBegun ? [] : job.awaited;
    const heldBack = enforced.failures.filter(({ code }) => code === 'POLICY_RATE_EXCEEDED').length;
    if (heldBack > 0) {
      const afterMs = this.#holdMs(policy.maxRevocationsPerMinute);
      this.ports.telemetry.heldBack(job.userId, heldBack, afterMs);
      return { outcome: 'heldBack', ended, next: { afterMs, awaited, looks: job.looks, attempts: 0, isDead: false } };
    }
    if (enforced.done !== 'complete')
      return { outcome: 'partial', ended, next: this.#retry({ ...job, awaited }, null) };
    if (hasBegun) return { outcome: 'complete', ended, next: null };
    const [before, after] = [looksAfterMs[job.looks], looksAfterMs[job.looks + 1]];
    if (before === undefined || after === undefined) return { outcome: 'neverSeen', ended, next: null };
    const next = { afterMs: after - before, awaited, looks: job.looks + 1, attempts: 0, isDead: false };
    return { outcome: 'notSeenYet', ended, next };
  }

  #retry(job: ClaimedPolicyJob, error: unknown): NextPolicyRun {
    const attempts = job.attempts + 1;
    if (attempts >= maxAttempts) return this.#giveUp({ ...job, attempts });
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** job.attempts);
    const afterMs = Math.max(askedToWaitMs(error), waitMs * (0.5 + this.ports.random() / 2));
    this.ports.telemetry.runFailed(job.userId, error, afterMs);
    return { afterMs, awaited: job.awaited, looks: job.looks, attempts, isDead: false };
  }

  #giveUp({ userId, awaited, looks, attempts }: ClaimedPolicyJob): NextPolicyRun {
    this.ports.telemetry.gaveUp(userId, attempts);
    return { afterMs: 0, awaited, looks, attempts, isDead: true };
  }

  /** The wait after which the users who were held back in the last minute can all have had their turn. */
  #holdMs(perMinute: number): number {
    const minuteMs = 60_000;
    const now = this.ports.elapsedMs();
    while ((this.#heldAt[0] ?? now) < now - minuteMs) this.#heldAt.shift();
    this.#heldAt.push(now);
    const spreadMs = Math.min(maxHoldMs, (this.#heldAt.length / Math.max(1, perMinute)) * minuteMs);
    return minuteMs + this.ports.random() * spreadMs;
  }
}

interface Ran {
  readonly outcome: PolicyRunOutcome;
  readonly ended: number;
  readonly next: NextPolicyRun | null;
}
