import type { SetUpReport } from '../set-up-finding.js';

/** Looks at the set-up of the service and of what it depends on. */
export interface SetUpChecks {
  /** Calls FusionAuth and the database some dozen times, within seconds, and changes nothing. Rejects only for a fault of its own. */
  run(): Promise<SetUpReport>;
}
