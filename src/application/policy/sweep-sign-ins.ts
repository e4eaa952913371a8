import type { TenantId, UserId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { PolicyJobs } from '../../domain/ports/policy-jobs.js';
import type { PolicySweep, PolicySweeps } from '../../domain/ports/policy-sweeps.js';
import type { SignInRecords } from '../../domain/ports/sign-in-records.js';
import type { Instant } from '../../domain/session.js';
import type { PolicyTelemetry } from './policy-telemetry.js';
import type { PolicyWorker } from './policy-worker.js';

interface SweepSignInsPorts {
  readonly sweeps: PolicySweeps;
  readonly records: SignInRecords;
  readonly jobs: Pick<PolicyJobs, 'revive' | 'backlog'>;
  readonly worker: Pick<PolicyWorker, 'schedule' | 'begin'>;
  /** Whether a policy is in force for the users of a tenant. Never rejects. */
  readonly isInForce: (tenantId: TenantId | null) => Promise<boolean>;
  /** The tenant this service is bound to; null for any. */
  readonly tenantId: TenantId | null;
  /** By the clock of FusionAuth. */
  readonly clock: Clock;
  /** How long after the end of a sweep the next one begins, in milliseconds. */
  readonly intervalMs: number;
  /** How far the first sweep looks back, in milliseconds. */
  readonly lookBackMs: number;
  readonly telemetry: PolicyTelemetry;
}

/**
 * How far a sweep goes back behind the last one, in milliseconds, because records may appear some time after the
 * sign-in.
 */
const overlapMs = 10_000;

/**
 * The length of the first part of a sweep, in milliseconds. Parts double in length as long as their records fit one
 * page, so that a quiet month costs a dozen calls.
 */
const firstPartMs = 3_600_000;
const pageRecords = 500;

/**
 * The most records of one part; a part with more is cut, down to a millisecond. Each part moves the watermark and is
 * reported, so that progress shows even among very many sign-ins.
 */
const maxPartRecords = 5_000;

/** While this many users wait, the sweep pauses, so that it goes no faster than the runs. */
const maxBacklog = 5_000;
const backlogPauseMs = 1_000;

/**
 * Sweeps the sign-ins since the last sweep for users whom no other trigger has named, and revives the users that were
 * given up. One replica at a time sweeps; another one goes on where it stopped.
 */
export class SweepSignIns implements AsyncDisposable {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isStopped = false;
  #hasAsked = false;
  #resume: () => void = () => undefined;

  constructor(private readonly ports: SweepSignInsPorts) {}

  /** Sweeps now, and then after each interval. */
  start(): void {
    this.#next(0);
  }

  /** Leaves the rest to other replicas. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#running;
  }

  /** Never rejects. */
  async execute(): Promise<void> {
    const { sweeps, jobs, worker, isInForce, tenantId, intervalMs, telemetry } = this.ports;
    try {
      if (!(await isInForce(tenantId))) return;
      worker.begin();
      const sweep = await sweeps.begin(intervalMs);
      if (sweep === null) return;
      await jobs.revive();
      // A sweep that was stopped is not ended, so that another replica goes on with it and not after a whole interval.
      if (await this.#lookThrough(sweep)) await sweep.end();
    } catch (error) {
      telemetry.sweepFailed(error);
    }
  }

  #next(afterMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.execute().finally(() => this.#next(this.ports.intervalMs));
    }, afterMs);
    this.#timer.unref();
  }

  /** @returns false when the turn is lost, or the rest is left to others. */
  async #lookThrough(sweep: PolicySweep): Promise<boolean> {
    const { clock, records, jobs, telemetry } = this.ports;
    await this.#learnClock();
    const now = clock.now();
    const end = now - overlapMs / 2;
    let since = this.#beginning(sweep.since, now);
    let partMs = firstPartMs;
    while (since < end && !this.#isStopped) {
      const until = Math.min(since + partMs, end);
      const range = { since, until, first: pageRecords };
      const first = await records.list({ ...range, skip: 0 });
      if (first.total > maxPartRecords && until - since > 1) {
        partMs = Math.max(1, Math.floor((until - since) / 2));
        continue;
      }
      const users = new Set(first.userIds);
      for (let skip = pageRecords; skip < first.total && !this.#isStopped; skip += pageRecords) {
        for (const userId of (await records.list({ ...range, skip })).userIds) users.add(userId);
      }
      // The watermark must not pass pages that were not read.
      if (this.#isStopped) return false;
      if (!(await this.#schedule([...users], sweep, since))) return false;
      if (!(await sweep.advance(until))) return false;
      if (users.size > 0) telemetry.swept(until, users.size, await jobs.backlog());
      since = until + 1;
      if (first.total <= pageRecords) partMs *= 2;
    }
    return !this.#isStopped;
  }

  /** A watermark in the future is one of a clock that was ahead, and says nothing of the sign-ins until then. */
  #beginning(sweptUntil: Instant | null, now: Instant): Instant {
    const earliest = now - this.ports.lookBackMs;
    if (sweptUntil === null || sweptUntil > now + overlapMs) return earliest;
    return Math.max(sweptUntil - overlapMs, earliest);
  }

  /**
   * Learns FusionAuth's clock from an answer. Until then the clock could be a day behind, and the watermark ahead of
   * every sign-in for that day.
   */
  async #learnClock(): Promise<void> {
    if (this.#hasAsked) return;
    const now = this.ports.clock.now();
    await this.ports.records.list({ since: now, until: now, first: 1, skip: 0 });
    this.#hasAsked = true;
  }

  /** @returns false when the turn is lost, or the rest is left to others. */
  async #schedule(userIds: readonly UserId[], sweep: PolicySweep, since: Instant): Promise<boolean> {
    const { jobs, worker, tenantId } = this.ports;
    for (let first = 0; first < userIds.length; first += pageRecords) {
      while ((await jobs.backlog()).waiting.background > maxBacklog) {
        // Keeps the turn while the sweep waits.
        if (!(await sweep.advance(since))) return false;
        await this.#pause();
        if (this.#isStopped) return false;
      }
      await worker.schedule(
        userIds.slice(first, first + pageRecords).map((userId) => ({
          userId,
          tenantId,
          sessionId: null,
          trigger: 'sweep',
          afterMs: 0,
          awaited: null,
        })),
      );
    }
    return true;
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      setTimeout(resolve, backlogPauseMs).unref();
    });
  }
}
