import type { ClaimedIds } from '../domain/claimed-ids.js';
import type { RememberedRevocation } from '../domain/ports/revocation-memory.js';
import {
  attributeTo,
  isSomebodyElses,
  type LogEntry,
  type Publication,
  type Published,
  type Refusal,
  type SessionLog,
} from '../domain/ports/session-log.js';
import type { RecordedRevocation, SessionEvent } from '../domain/session-event.js';
import type { InProcessEventFeed } from './event-feed.js';
import type { InProcessRevocationMemory } from './revocation-memory.js';
import type { Sequence } from './sequence.js';
import type { InProcessSessionClaims } from './session-claims.js';
import type { InProcessSessionHistory } from './session-history.js';

interface InProcessSessionLogParts {
  readonly sequence: Sequence;
  readonly memory: InProcessRevocationMemory;
  readonly feed: InProcessEventFeed;
  /** Of FusionAuth, by the ids of their events. */
  readonly deliveries: ClaimedIds;
  readonly claims: Pick<InProcessSessionClaims, 'attributionOf'>;
  readonly history: Pick<InProcessSessionHistory, 'recordEnded' | 'putDownTo'>;
}

/** The log of one process. Other replicas publish to their own and see nothing of it. */
export class InProcessSessionLog implements SessionLog {
  constructor(private readonly parts: InProcessSessionLogParts) {}

  /** No part of it waits, so nothing else comes in between: that makes it one step. */
  async publish({ entries, delivery }: Publication): Promise<Published> {
    const { sequence, memory, feed, deliveries, history } = this.parts;
    if (delivery !== null && !deliveries.claim(delivery)) return 'known';
    const unknown = entries.flatMap((entry) => this.#claimed(entry));
    for (const { event, refusal, ending } of unknown) {
      if (ending !== null) history.recordEnded(ending, event.tenantId);
      const { id, position } = sequence.next();
      const revocation = refusal && revocationOf(event, refusal, id);
      // Remembered first, so that a subscriber that receives the event and asks then finds it.
      if (revocation !== null) memory.remember(revocation, position);
      feed.publish(published(event, id, revocation), position);
    }
    return unknown.length === 0 && entries.length > 0 ? 'known' : 'published';
  }

  /** The entry as it is published, or nothing when its ending is known. */
  #claimed(entry: LogEntry): readonly LogEntry[] {
    const { memory, history, claims } = this.parts;
    const { ending } = entry;
    if (ending === null) return [entry];
    const attribution = isSomebodyElses(ending)
      ? claims.attributionOf(ending.ended, ending.cause?.requestId ?? null)
      : null;
    const attributed = attributeTo(attribution, entry);
    if (attributed.ending !== null && memory.claimEnding(attributed.ending, entry.event.tenantId)) return [attributed];
    if (memory.putDownTo(ending)) history.putDownTo(ending);
    return [];
  }
}

// Members are written out because V8 spreads an object many times slower: a publication takes half the time so.

function revocationOf(
  { tenantId, sessionId, userId, applicationId }: LogEntry['event'],
  { issuedBefore, expiresAt }: Refusal,
  id: string,
): RememberedRevocation {
  return { id, tenantId, sessionId, userId, applicationId, issuedBefore, expiresAt };
}

function recorded({
  id,
  sessionId,
  userId,
  applicationId,
  issuedBefore,
  expiresAt,
}: RememberedRevocation): RecordedRevocation {
  return { id, sessionId, userId, applicationId, issuedBefore, expiresAt };
}

function published(event: LogEntry['event'], id: string, remembered: RememberedRevocation | null): SessionEvent {
  const { type, tenantId, userId, applicationId, sessionId, reason, initiatingEntity, occurredAt, policy, device } =
    event;
  const revocation = remembered && recorded(remembered);
  const about = {
    id,
    type,
    tenantId,
    userId,
    applicationId,
    sessionId,
    reason,
    initiatingEntity,
    occurredAt,
    revocation,
    device,
  };
  return policy === undefined ? about : { ...about, policy };
}
