import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../ended-session.js';
import type { SessionId } from '../ids.js';
import type { PolicyRuleReference } from '../policy/policy.js';
import type { Revocation } from '../revocation.js';
import type { RevocationCause } from '../revocation-cause.js';
import type { Instant } from '../session.js';
import { policyNoteOf, type SessionEvent } from '../session-event.js';
import type { RecordedOutcome } from './session-history.js';

/**
 * Where everything that happens to sessions is published: events, what resource servers must refuse because of them,
 * and how sessions ended. Any number of publishers may publish the same thing at the same moment, in any number of
 * processes, and it is published once.
 */
export interface SessionLog {
  /**
   * Publishes in one atomic step: claims the delivery, claims each ending, and adds the entries whose ending nobody had
   * claimed, in order. Whoever receives an event finds its revocation and its ending; so does this process once the
   * promise has resolved.
   *
   * An ending is put down to whoever has caused it, as far as that can be known. What FusionAuth reports, or an
   * operation finds done, is put down to the (other) operation that has claimed it first, if one did. What could not be
   * put down to any is put down later to the operation whose revocation FusionAuth has carried out, as soon as that
   * publishes the same ending: the record is completed, the event stays as it was received.
   * @returns `known` when there was nothing to add: the delivery was claimed before, or every entry's ending was.
   * `kept` when the store cannot be reached and this process keeps the entries until it can: it refuses what was
   * revoked, and nobody else does yet. Never for a delivery, which FusionAuth keeps.
   * @throws StoreUnavailableError when nothing was published and nothing is kept. Publishing the same again is safe
   * where an entry has an ending or the publication a delivery.
   */
  publish(publication: Publication): Promise<Published>;
}

export type Published = 'published' | 'known' | 'kept';

export interface Publication {
  readonly entries: readonly LogEntry[];
  /** The delivery of FusionAuth that reports the entries; null when they were not reported by one. */
  readonly delivery: DeliveryClaim | null;
}

export interface LogEntry {
  readonly event: Omit<SessionEvent, 'id' | 'revocation'>;
  /** What resource servers must refuse of whom the event is about; null when no access token depends on it. */
  readonly refusal: Refusal | null;
  /** Set for the end of one session that is known; null for everything else. */
  readonly ending: EndingClaim | null;
}

export type Refusal = Pick<Revocation, 'issuedBefore' | 'expiresAt'>;

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
  readonly outcome: RecordedOutcome;
  /** Until when access tokens of the session can be accepted. */
  readonly tokensExpireBy: Instant;
  /** Null when FusionAuth reports it: only the log knows whether this service has claimed it. */
  readonly cause: RevocationCause | null;
}

/** What the operation says that has claimed an ending. */
export interface Attribution {
  readonly reason: SessionEndReason;
  readonly replacedBySessionId: SessionId | null;
  readonly cause: RevocationCause;
  readonly policyRule?: PolicyRuleReference;
}

/** True for an ending that is put down to another operation, if one has claimed it: FusionAuth reports it, or it was found. */
export function isSomebodyElses({ cause, outcome }: Pick<EndingClaim, 'cause' | 'outcome'>): boolean {
  return cause === null || outcome === 'alreadyEnded';
}

/** An entry put down to the operation that has claimed its ending. */
export function attributeTo(attribution: Attribution | null, entry: LogEntry): LogEntry {
  const { event, ending } = entry;
  if (attribution === null || ending === null || !isSomebodyElses(ending)) return entry;
  const { reason, replacedBySessionId, cause, policyRule } = attribution;
  const initiatingEntity = initiatingEntityOf(reason);
  const rule = policyRule === undefined ? {} : { policyRule };
  const ended = { ...ending.ended, reason, initiatingEntity, replacedBySessionId, ...rule };
  return {
    ...entry,
    event: { ...event, reason, initiatingEntity, ...policyNoteOf(policyRule) },
    ending: { ...ending, ended, cause, outcome: 'revoked' },
  };
}
