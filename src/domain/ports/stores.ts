import type { ConfirmationTurns } from './confirmation-turns.js';
import type { PolicyJobs } from './policy-jobs.js';
import type { PolicySweeps } from './policy-sweeps.js';
import type { RevocationAllowance } from './revocation-allowance.js';
import type { RevocationMemory } from './revocation-memory.js';
import type { SessionClaims } from './session-claims.js';
import type { SessionEventFeed } from './session-event-feed.js';
import type { SessionHistory } from './session-history.js';
import type { SessionLog } from './session-log.js';
import type { SignInReservations } from './sign-in-reservations.js';
import type { StoreReadings } from './store-readings.js';
import type { UserLock } from './user-lock.js';

/** The state that replicas share to act as one, opened together over one store. */
export interface Stores extends AsyncDisposable {
  readonly log: SessionLog;
  readonly memory: RevocationMemory;
  readonly feed: SessionEventFeed;
  readonly history: SessionHistory;
  readonly claims: SessionClaims;
  readonly userLock: UserLock;
  readonly policyJobs: PolicyJobs;
  readonly policySweeps: PolicySweeps;
  readonly revocationAllowance: RevocationAllowance;
  readonly signInReservations: SignInReservations;
  readonly confirmationTurns: ConfirmationTurns;
  /** Marks the instant from which reports of FusionAuth arrive. Earlier revocations may be missing. */
  begin(): void;
  /** Codes of problems that leave the service able to work: `DATABASE_UNAVAILABLE`. */
  warnings(): readonly string[];
  readings(): StoreReadings;
  /** How many replicas share the stores, this one included. Null when that is not known. Never rejects. */
  replicas(): Promise<number | null>;
  /** Ends every open subscription once its waiting events have been read, and every new one at once. */
  endSubscriptions(): void;
}
