import { StoreUnavailableError } from '../domain/errors.js';
import { parseSessionId, parseTenantId, parseUserId } from '../domain/ids.js';
import { byInstant } from '../domain/policy-job-merge.js';
import { laneOf, type PolicyLane, policyTriggers } from '../domain/policy-trigger.js';
import {
  type AwaitedSignIn,
  type ClaimedPolicyJob,
  type ClaimedPolicyJobs,
  claimMs,
  type NextPolicyRun,
  type PolicyBacklog,
  type PolicyJobRequest,
  type PolicyJobs,
} from '../domain/ports/policy-jobs.js';
import { liveShare } from '../in-process/policy-jobs.js';
import { Batches } from './batches.js';
import type { Database } from './database.js';
import { jsonText } from './json-text.js';

interface PostgresPolicyJobsOptions {
  readonly database: Database;
  /** Jobs of this process, for as long as the database cannot be reached. */
  readonly local: PolicyJobs;
  /** How many users may wait, roughly: they are counted every {@link countMs}. */
  readonly maxJobs: number;
}

/** How old the number of jobs may be, in milliseconds. Counting a million takes about a tenth of a second. */
const countMs = 10_000;

/** How many schedules, of up to 500 requests each, may wait for the statement before them. */
const maxWaitingSchedules = 1_000;
const maxRequests = 500;

/** Jobs that replicas share: rows that are claimed with SKIP LOCKED. Docs: docs/explanation/policy-jobs.md. */
export class PostgresPolicyJobs implements PolicyJobs {
  readonly isShared = true;
  readonly #batches: Batches<readonly PolicyJobRequest[], true>;
  /** Claims of jobs that only this process knows. */
  readonly #ofThisProcess = new WeakSet<ClaimedPolicyJob>();
  #backlog: PolicyBacklog = { waiting: { live: 0, background: 0 }, dead: 0, overdueMs: 0 };
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: PostgresPolicyJobsOptions) {
    this.#batches = new Batches({
      run: (items) => this.#insert(items),
      maxItems: 100,
      maxWaiting: maxWaitingSchedules,
      keysOf: () => [],
      refuse: () => new StoreUnavailableError(),
    });
  }

  async schedule(requests: readonly PolicyJobRequest[]): Promise<number> {
    const { local } = this.options;
    const accepted = await this.#accepted(requests);
    let refused = requests.length - accepted.length;
    for (let first = 0; first < accepted.length; first += maxRequests) {
      const some = accepted.slice(first, first + maxRequests);
      try {
        await this.#batches.add(some);
      } catch {
        // The database may have the job, too, which costs one run that finds nothing to do.
        refused += await local.schedule(some);
      }
    }
    return refused;
  }

  async claim(most: Readonly<Record<PolicyLane, number>>): Promise<ClaimedPolicyJobs> {
    const { database, local } = this.options;
    const own = await local.claim(most);
    for (const job of own.jobs) this.#ofThisProcess.add(job);
    const taken = (lane: PolicyLane) => own.jobs.filter((job) => job.lane === lane).length;
    if (!database.isAvailable) return own;
    let shared: ClaimedPolicyJobs;
    try {
      const [row] = await database.query<{ claimed: ClaimedRows }>(
        'select $schema.claim_policy_jobs_1($1, $2, $3) as claimed',
        [most.live - taken('live'), most.background - taken('background'), claimMs],
      );
      shared = row === undefined ? { jobs: [], nextDueMs: null } : claimedOf(row.claimed);
    } catch (error) {
      if (own.jobs.length === 0) throw error;
      return own;
    }
    const due = [own.nextDueMs, shared.nextDueMs].filter((one) => one !== null);
    return { jobs: [...own.jobs, ...shared.jobs], nextDueMs: due.length === 0 ? null : Math.min(...due) };
  }

  async renew(jobs: readonly ClaimedPolicyJob[]): Promise<void> {
    const claims = jobs.filter((job) => !this.#ofThisProcess.has(job)).map(({ claim }) => claim);
    if (claims.length === 0) return;
    await this.options.database.query(
      `update $schema.policy_job set due_at = clock_timestamp() + $2 * interval '1 ms'
      where is_claimed and claim = any ($1)`,
      [claims, claimMs],
    );
  }

  async settle(job: ClaimedPolicyJob, next: NextPolicyRun | null): Promise<void> {
    const { database, local } = this.options;
    if (this.#ofThisProcess.has(job)) return local.settle(job, next);
    const columns = next === null ? null : jsonText({ ...next, awaited: recordOf(next.awaited) });
    await database.query('select $schema.settle_policy_job_1($1, $2, $3)', [job.userId, job.claim, columns]);
  }

  async revive(): Promise<number> {
    const revived = await this.options.database.query(
      `update $schema.policy_job set is_dead = false, is_live = false, attempts = 0, triggers = array['sweep'],
        due_at = clock_timestamp()
      where (user_id, is_claimed) in (
        select user_id, is_claimed from $schema.policy_job where is_dead limit 10000 for update skip locked)
      returning 1`,
    );
    return revived.length + (await this.options.local.revive());
  }

  async backlog(): Promise<PolicyBacklog> {
    if (performance.now() - this.#countedAt > countMs) await this.#count();
    return this.#backlog;
  }

  async #accepted(requests: readonly PolicyJobRequest[]): Promise<readonly PolicyJobRequest[]> {
    const { maxJobs } = this.options;
    // Not counted while the database is away, when the jobs of this process have bounds of their own.
    const { waiting, dead } = await this.backlog().catch(() => this.#backlog);
    const count = waiting.live + waiting.background + dead;
    if (count >= maxJobs) return [];
    return count < maxJobs * (1 - liveShare) ? requests : requests.filter(({ trigger }) => laneOf[trigger] === 'live');
  }

  async #count(): Promise<void> {
    this.#countedAt = performance.now();
    const rows = await this.options.database.query<CountRow>(
      `select is_live, is_dead, count(*)::int as count,
        (extract(epoch from clock_timestamp() - min(due_at)) * 1000)::float8 as overdue
      from $schema.policy_job where not is_claimed group by 1, 2`,
    );
    const sum = (matches: (row: CountRow) => boolean) =>
      rows.filter(matches).reduce((total, { count }) => total + count, 0);
    this.#backlog = {
      waiting: {
        live: sum((row) => row.is_live && !row.is_dead),
        background: sum((row) => !row.is_live && !row.is_dead),
      },
      dead: sum((row) => row.is_dead),
      overdueMs: Math.max(0, ...rows.filter((row) => !row.is_dead).map(({ overdue }) => overdue)),
    };
  }

  async #insert(items: readonly (readonly PolicyJobRequest[])[]): Promise<readonly true[]> {
    const requests = items.flat().map(({ trigger, awaited, ...request }, ordinal) => ({
      ...request,
      ordinal,
      trigger,
      isLive: laneOf[trigger] === 'live',
      awaited: recordOf(awaited === null ? [] : [awaited]),
    }));
    await this.options.database.query('select $schema.schedule_policy_jobs_1($1)', [jsonText(requests)]);
    return items.map(() => true as const);
  }
}

interface CountRow {
  readonly is_live: boolean;
  readonly is_dead: boolean;
  readonly count: number;
  readonly overdue: number;
}

interface ClaimedRows {
  readonly jobs: readonly {
    readonly userId: string;
    readonly tenantId: string | null;
    readonly sessionId: string | null;
    readonly triggers: readonly string[];
    readonly isLive: boolean;
    readonly awaited: Readonly<Record<string, number>>;
    readonly looks: number;
    readonly attempts: number;
    readonly claim: string;
    readonly overdueMs: number;
  }[];
  readonly nextDueMs: number | null;
}

function claimedOf({ jobs, nextDueMs }: ClaimedRows): ClaimedPolicyJobs {
  return {
    jobs: jobs.map(({ isLive, ...job }) => {
      const userId = parseUserId(job.userId);
      if (userId === undefined) throw new TypeError('A policy job without a user');
      return {
        ...job,
        userId,
        tenantId: parseTenantId(job.tenantId) ?? null,
        sessionId: parseSessionId(job.sessionId) ?? null,
        triggers: policyTriggers.filter((trigger) => job.triggers.includes(trigger)),
        lane: isLive ? ('live' as const) : ('background' as const),
        awaited: awaitedOf(job.awaited),
      };
    }),
    nextDueMs,
  };
}

function recordOf(awaited: readonly AwaitedSignIn[]): Readonly<Record<string, number>> {
  return Object.fromEntries(awaited.map(({ key, at }) => [key, at]));
}

function awaitedOf(record: Readonly<Record<string, number>>): readonly AwaitedSignIn[] {
  return Object.entries(record)
    .map(([key, at]) => ({ key, at }))
    .sort(byInstant);
}
