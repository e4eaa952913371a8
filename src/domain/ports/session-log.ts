import type { EndedSession } from '../ended-session.js';
import type { Revocation } from '../revocation.js';
import type { Instant } from '../session.js';
import type { SessionEvent } from '../session-event.js';

/**
 * Where everything that happens to sessions is published: events, what resource servers must refuse because of them,
 * and how sessions ended. Any number of publishers may publish the same thing at the same moment, in any number of
 * processes, and it is published once.
 */
export interface SessionLog {
  /**
   * Publishes in one atomic step: claims the delivery, claims each ending, and adds the entries whose ending nobody had
   * claimed, in order. Whoever is told of an event finds its revocation and its ending.
   * @returns `known` when there was nothing to add: the delivery was claimed before, or every entry's ending was.
   * @throws StoreUnavailableError when the log cannot be reached. Whether it was published is not known then;
   * publishing the same again is safe where an entry has an ending or the publication a delivery.
   */
  publish(publication: Publication): Promise<'published' | 'known'>;
}

export interface Publication {
  readonly entries: readonly LogEntry[];
  /** The delivery of FusionAuth that reports the entries; null when they were not reported by one. */
  readonly delivery: DeliveryClaim | null;
}

export interface LogEntry {
  readonly event: Omit<SessionEvent, 'id' | 'revocation'>;
  /** What resource servers must refuse from now on; null when no access token depends on it. */
  readonly revocation: Revocation | null;
  /** Set for the end of one session that is known; null for everything else. */
  readonly ending: EndingClaim | null;
}

/** One event of FusionAuth, which may be delivered several times and to several replicas. */
export interface DeliveryClaim {
  readonly id: string;
  /** A delivery after this instant is refused as too old, so the claim can be forgotten. */
  readonly expiresAt: Instant;
}

/**
 * The end of one session. It is known already when an ending of the same session was claimed whose access tokens were
 * still good at `ended.endedAt`: a session can end a second time only when a transaction of FusionAuth undid the first.
 */
export interface EndingClaim {
  readonly ended: EndedSession;
  /** Until when access tokens of the session can be accepted. */
  readonly tokensExpireBy: Instant;
}
