import type { TenantId } from './ids.js';
import type { Instant } from './session.js';

/**
 * `problem`: something does not work until it is mended. `warning`: it works less well or less safely than it could.
 * `notChecked`: the check could not be made.
 */
export type FindingState = 'ok' | 'warning' | 'problem' | 'notChecked';

/** One thing that was looked at, of the service's set-up and of what it depends on. */
export interface SetUpFinding {
  /** What was looked at: words joined by hyphens, such as `refresh-tokens`. */
  readonly check: string;
  readonly state: FindingState;
  /** One line for people: what was found, and unless all is well, what to do. Holds no secret. */
  readonly message: string;
  /** The tenant of FusionAuth that it is about; null for none in particular. */
  readonly tenantId: TenantId | null;
}

/** What was found, in the order in which to mend it. */
export interface SetUpReport {
  readonly checkedAt: Instant;
  readonly findings: readonly SetUpFinding[];
}
