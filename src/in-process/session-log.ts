import { attributeTo, type Publication, type Published, type SessionLog } from '../domain/ports/session-log.js';
import type { ClaimedDeliveries } from './claimed-deliveries.js';
import type { InProcessEventFeed } from './event-feed.js';
import type { InProcessRevocationMemory } from './revocation-memory.js';
import type { Sequence } from './sequence.js';
import type { InProcessSessionClaims } from './session-claims.js';
import type { InProcessSessionHistory } from './session-history.js';

export interface InProcessSessionLogParts {
  readonly sequence: Sequence;
  readonly memory: InProcessRevocationMemory;
  readonly feed: InProcessEventFeed;
  readonly deliveries: ClaimedDeliveries;
  readonly claims: Pick<InProcessSessionClaims, 'attributionOf'>;
  readonly history: Pick<InProcessSessionHistory, 'recordEnded'>;
}

/** The log of one process. Other replicas publish to their own and see nothing of it. */
export class InProcessSessionLog implements SessionLog {
  constructor(private readonly parts: InProcessSessionLogParts) {}

  /** No part of it waits, so nothing else comes in between: that makes it one step. */
  async publish({ entries, delivery }: Publication): Promise<Published> {
    const { sequence, memory, feed, deliveries, claims, history } = this.parts;
    if (delivery !== null && !deliveries.claim(delivery)) return 'known';
    const unknown = entries
      .map((entry) => (entry.ending === null ? entry : attributeTo(claims.attributionOf(entry.ending.ended), entry)))
      .filter(({ ending, event }) => ending === null || memory.claimEnding(ending, event.tenantId));
    for (const { event, refusal, ending } of unknown) {
      if (ending !== null) history.recordEnded(ending, event.tenantId);
      const { id, position } = sequence.next();
      const { tenantId, sessionId, userId, applicationId } = event;
      const revocation = refusal && { ...refusal, id, sessionId, userId, applicationId };
      // Remembered first, so that a subscriber that receives the event and asks then finds it.
      if (revocation !== null) memory.remember({ ...revocation, tenantId }, position);
      feed.publish({ ...event, id, revocation }, position);
    }
    return unknown.length === 0 && entries.length > 0 ? 'known' : 'published';
  }
}
