import type { UserId } from '../ids.js';
import type { Instant } from '../session.js';

/** FusionAuth's login records, which may appear a moment after the sign-in. A registration makes no record. */
export interface SignInRecords {
  /**
   * A page of sign-ins. The order is FusionAuth's, and the same for each page of one range that ended before now.
   * @throws an UpstreamError; UpstreamRejectedError where the API key may not read them.
   */
  list(range: SignInRange): Promise<SignInPage>;
}

export interface SignInRange {
  /** At this instant or later. */
  readonly since: Instant;
  /** At this instant or before. */
  readonly until: Instant;
  /** How many to pass over. */
  readonly skip: number;
  /** How many to answer at most, 1 to 1,000. */
  readonly first: number;
}

export interface SignInPage {
  /** In the order of the records; a user may be there several times. */
  readonly userIds: readonly UserId[];
  /** How many records there are in the range, whichever page it is. */
  readonly total: number;
}
