import type { Logger } from 'pino';
import type { PolicyRun, PolicyTelemetry, SignInDecisionFacts } from '../application/policy/policy-telemetry.js';
import { UpstreamRejectedError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import type { PolicyBacklog } from '../domain/ports/policy-jobs.js';
import type { Instant } from '../domain/session.js';
import { boundedLines } from './bounded-lines.js';
import type { FailureKind } from './failure-kind.js';
import type { Tracing } from './tracing.js';

/** How a failure is logged and counted. */
export type ReportFailure = (kind: FailureKind, level: 'warn' | 'error', facts: object, message: string) => void;

export interface PolicyReportsParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly failed: ReportFailure;
  readonly tracing: Pick<Tracing, 'jobRan'> | null;
}

/** The reports of triggers of the policy. Lines that can come for each of many users are bounded. */
export class PolicyReports implements PolicyTelemetry {
  readonly #heldBack: (line: object) => void;
  readonly #runFailed: (line: object) => void;
  readonly #signIn: (line: object) => void;

  protected readonly logger: Logger;
  private readonly failed: ReportFailure;
  readonly #tracing: Pick<Tracing, 'jobRan'> | null;

  constructor({ logger, clock, failed, tracing }: PolicyReportsParts) {
    this.logger = logger;
    this.failed = failed;
    this.#tracing = tracing;
    this.#heldBack = boundedLines<object>(clock, (line) =>
      logger.warn(line, 'the policy may end no more sessions in this minute: it goes on observing, and tries again'),
    );
    this.#runFailed = boundedLines<object>(clock, (line) =>
      failed('policyRunFailed', 'warn', line, 'the policy could not be enforced for a user: it is tried again'),
    );
    this.#signIn = boundedLines<object>(clock, (line) => logger.info(line, 'sign-in refused by the policy'));
  }

  ran({ tookMs, ...run }: PolicyRun): void {
    this.#tracing?.jobRan(run);
    this.logger.debug({ ...run, tookMs: Math.round(tookMs) }, 'run of the policy');
  }

  runFailed(userId: UserId, error: unknown, retryAfterMs: number): void {
    this.#runFailed({ userId, retryAfterMs: Math.round(retryAfterMs), ...(error === null ? {} : { err: error }) });
  }

  gaveUp(userId: UserId, attempts: number): void {
    this.failed(
      'policyJobDead',
      'error',
      { userId, attempts },
      'the policy could not be enforced for a user: given up',
    );
  }

  heldBack(userId: UserId, sessions: number, retryAfterMs: number): void {
    this.#heldBack({ userId, sessions, retryAfterMs: Math.round(retryAfterMs) });
  }

  refused(users: number): void {
    this.failed(
      'policyJobsRefused',
      'error',
      { users },
      'too many users wait for the policy: some are left to the sweep',
    );
  }

  jobsUnavailable(error: unknown): void {
    this.failed('policyJobsUnavailable', 'warn', { err: error }, 'jobs of the policy cannot be read or written');
  }

  swept(until: Instant, users: number, { waiting, dead }: PolicyBacklog): void {
    const facts = { until: new Date(until).toISOString(), users, waiting: waiting.live + waiting.background, dead };
    this.logger.info(facts, 'sign-ins looked through');
  }

  sweepFailed(error: unknown): void {
    const cause =
      error instanceof UpstreamRejectedError
        ? 'FusionAuth shows login records only to API keys that belong to no tenant'
        : 'users whom no event has named wait for the next time';
    this.failed('policySweepFailed', 'warn', { err: error }, `sign-ins could not be looked through: ${cause}`);
  }

  signInDecided({ userId, decision, rule, failed }: SignInDecisionFacts): void {
    if (failed) {
      const facts = { userId, decision };
      this.failed('signInUndecided', 'warn', facts, 'a sign-in was decided without asking FusionAuth');
    } else if (decision === 'denied') this.#signIn({ userId, rule });
  }
}
