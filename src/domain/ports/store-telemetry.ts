import type { Instant } from '../session.js';

/** What adapters of the stores' ports report to those who run the service. None of it throws. */
export interface StoreTelemetry {
  /** Revocations before this instant may be missing from now on: some had to be forgotten, or may never have arrived. */
  completenessMoved(completeSince: Instant): void;
}
