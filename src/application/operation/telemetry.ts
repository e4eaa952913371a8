import type { SessionEndReason } from '../../domain/ended-session.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type { SessionConfirmation } from '../../domain/session-confirmation.js';

/** The reports of use cases for operators, beside their answers. No method throws. */
export interface UseCaseTelemetry {
  /** An enforcement has ended. */
  enforced(enforcement: EnforcementFacts): void;
  /** An enforcement goes on with another round, because the user has more sessions than one list holds. */
  enforcementGoesOn(progress: RoundProgress): void;
  /** A call beside the main work failed, which callers notice little or not at all. */
  sideLookupFailed(error: unknown, requestId: string): void;
  /** A later look could not tell whether a session has ended, or its end could not be published. */
  endingUncertain(error: unknown): void;
  /** An abandoned revocation could not be followed up; it will be looked at again. */
  abandonedUncertain(error: unknown): void;
  /** FusionAuth was the first to report an ending, which has been published. */
  endingReported(ending: ReportedEnding): void;
  /**
   * A delivery of FusionAuth was lost, or nobody learns what became of a revocation, so that revocations before this instant
   * may be missing. `cause` is the outcome of either.
   */
  revocationsLost(completeSince: Instant, cause: string): void;
  /** The store could not record that revocations may be missing. */
  lossNotRecorded(error: unknown): void;
  /** Callers asked whether sessions live, with these answers. */
  sessionsConfirmed(confirmations: readonly Pick<SessionConfirmation, 'status'>[]): void;
  /** FusionAuth could not be asked whether sessions live. */
  confirmationsUnavailable(error: unknown): void;
  /** Sessions wait this long to be confirmed, in milliseconds, which is too long. */
  confirmationsBehind(waitMs: number): void;
  /** The consequences of an event of FusionAuth could not be published. */
  eventNotHandled(error: unknown, event: FusionAuthEvent): void;
}

export interface EnforcementFacts {
  /** Of the answer; `REFUSED` where it has none, and `FAILED` where there is no answer but an error. */
  readonly outcome: string;
  readonly overflow: string;
  readonly dryRun: boolean;
}

export interface RoundProgress {
  readonly requestId: string;
  readonly userId: UserId;
  readonly round: number;
  readonly revokedSoFar: number;
}

export interface ReportedEnding {
  readonly reason: SessionEndReason;
  /** `one` session that is named, or `many`: all of a user, of an application, or of a user in an application. */
  readonly extent: 'one' | 'many';
}
