import type { Logger } from 'pino';
import type { Clock } from '../domain/ports/clock.js';
import type { StoreTelemetry } from '../domain/ports/store-telemetry.js';
import type { Instant } from '../domain/session.js';
import { boundedLines } from './bounded-lines.js';
import type { FailureKind } from './failure-kind.js';

/** The reports of the stores, as lines of the log. */
export class StoreReports implements StoreTelemetry {
  readonly #forgotten: (line: object) => void;

  constructor(
    protected readonly logger: Logger,
    clock: Clock,
  ) {
    const message = 'more revocations than are remembered: the oldest are forgotten';
    // A full memory forgets one with each revocation, and most of a log that it reads anew.
    this.#forgotten = boundedLines<object>(clock, (line) => logger.warn(line, message));
  }

  completenessMoved(completeSince: Instant): void {
    this.#forgotten({ completeSince: new Date(completeSince).toISOString() });
  }

  databaseAvailability(isAvailable: boolean, cause: unknown): void {
    if (isAvailable) this.logger.info('the database can be reached again');
    else this.logger.error({ err: cause }, 'the database cannot be reached: revocations are kept and published later');
  }

  databaseRefusesConnections(cause: unknown): void {
    this.logger.warn(
      { err: cause },
      'the database refuses further connections: statements wait for those that are open',
    );
  }

  eventsMayBeLost(reason: string): void {
    this.logger.warn({ reason }, 'published events may be lost: all that is known is read again, and streams end');
  }

  eventsOutOfReach(): void {
    this.logger.warn('the database has been away for too long: streams of events end until it is back');
  }

  keptRevocationsDropped(sessions: number): void {
    this.logger.error({ sessions }, 'revocations that waited for the database are lost with this process');
  }

  endingsUnshared(error: unknown): void {
    this.failed(
      'endingsUnshared',
      'warn',
      { err: error },
      'sessions are ended without announcing it to other replicas',
    );
  }

  databaseNotInOrder(error: unknown): void {
    this.failed('databaseNotInOrder', 'warn', { err: error }, 'the database could not be kept in order');
  }

  /**
   * Reports a failure that callers see masked, or not at all.
   * @param write Writes the line. Given where strangers can cause the failure, so that lines are bounded. Default: each
   * line is written.
   */
  protected failed(
    _kind: FailureKind,
    level: 'warn' | 'error',
    facts: object,
    message: string,
    write = (line: object): void => this.logger[level](line, message),
  ): void {
    write(facts);
  }
}
