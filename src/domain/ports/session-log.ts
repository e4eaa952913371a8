import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../ended-session.js';
import type { SessionId } from '../ids.js';
import type { PolicyRuleReference } from '../policy/policy.js';
import type { Revocation } from '../revocation.js';
import type { RevocationCause } from '../revocation-cause.js';
import type { Instant } from '../session.js';
import { policyNoteOf, type SessionEvent } from '../session-event.js';
import type { RecordedOutcome } from './session-history.js';

/**
 * Publishes everything that happens to sessions: events, the revocations that resource servers apply, and the endings
 * of sessions. Any number of processes may publish the same thing at the same moment: it appears once.
 */
export interface SessionLog {
  /**
   * Publishes in one atomic step: claims the delivery, claims each ending, and adds the entries whose ending nobody had
   * claimed, in order. Whoever receives an event finds its revocation and its ending; so does this process once the
   * promise has resolved.
   *
   * An ending is attributed to its cause, as far as that is known. An ending that FusionAuth reports, or that an
   * operation finds done, is attributed to the operation that has claimed it first. If none has, it is attributed
   * later, when the operation whose revocation FusionAuth carried out publishes the same ending: that completes the
   * record, and the event stays as subscribers received it.
   * @returns `known` when there was nothing to add: the delivery was claimed before, or every entry's ending was.
   * `kept` when the store cannot be reached and this process keeps the entries until it can be. Meanwhile this process
   * alone applies the revocations. Never for a delivery, because FusionAuth sends it again.
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
  /** The access tokens that resource servers must refuse; null when no access token depends on the event. */
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
 * The end of one session. It counts as known when an earlier claimed ending of the session had access tokens that were
 * still good at `ended.endedAt`: a session ends a second time only when a transaction of FusionAuth has undone the
 * first end.
 */
export interface EndingClaim {
  readonly ended: EndedSession;
  readonly outcome: RecordedOutcome;
  /** Until when access tokens of the session can be accepted. */
  readonly tokensExpireBy: Instant;
  /** Null when FusionAuth reports it: only the log knows whether this service has claimed it. */
  readonly cause: RevocationCause | null;
}

/** The facts of an ending by the operation that has claimed it. */
export interface Attribution {
  readonly reason: SessionEndReason;
  readonly replacedBySessionId: SessionId | null;
  readonly cause: RevocationCause;
  readonly policyRule?: PolicyRuleReference;
}

/**
 * True for an ending that FusionAuth reports or that was found done: it is attributed to the operation that has claimed
 * it, if any.
 */
export function isSomebodyElses({ cause, outcome }: Pick<EndingClaim, 'cause' | 'outcome'>): boolean {
  return cause === null || outcome === 'alreadyEnded';
}

/** The entry, attributed to the operation that has claimed its ending. */
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
