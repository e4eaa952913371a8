import type { SessionEndReason } from '../../domain/ended-session.js';
import type { FusionAuthEvent } from '../../domain/fusionauth-event.js';
import type { UserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type { SessionConfirmation } from '../../domain/session-confirmation.js';

/** The reports of use cases for operators, beside their answers. No method throws. */
export interface UseCaseTelemetry {
  /** An enforcement has come to its end. */
  enforced(enforcement: EnforcementFacts): void;
  /**
   * A round of listing and ending has to be followed by another one: the user has more sessions than one list holds.
   */
  enforcementGoesOn(progress: RoundProgress): void;
  /** A failure beside the answer, of which callers see little or nothing. */
  sideLookupFailed(error: unknown, requestId: string): void;
  /** A later look could not tell whether a session has ended, or its end could not be published. */
  endingUncertain(error: unknown): void;
  /** A revocation that nobody answered for could not be followed up, and is looked at again. */
  abandonedUncertain(error: unknown): void;
  /** FusionAuth was the first to say that sessions have ended, and that is published. */
  endingReported(ending: ReportedEnding): void;
  /**
   * A delivery of FusionAuth was lost, so that revocations before this instant may be missing. `cause` is its outcome.
   */
  revocationsLost(completeSince: Instant, cause: string): void;
  /** The store could not record that revocations may be missing. */
  lossNotRecorded(error: unknown): void;
  /** Sessions were asked about, and this was answered. */
  sessionsConfirmed(confirmations: readonly Pick<SessionConfirmation, 'status'>[]): void;
  /** FusionAuth could not be asked whether sessions live. */
  confirmationsUnavailable(error: unknown): void;
  /** Sessions wait longer to be confirmed than they should, in milliseconds. */
  confirmationsBehind(waitMs: number): void;
  /** What follows from an event of FusionAuth could not be published. */
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
