import type { Publication, SessionLog } from '../domain/ports/session-log.js';
import type { ClaimedDeliveries } from './claimed-deliveries.js';
import type { InProcessEventFeed } from './event-feed.js';
import type { InProcessRevocationMemory } from './revocation-memory.js';

export interface InProcessSessionLogParts {
  readonly memory: InProcessRevocationMemory;
  readonly feed: InProcessEventFeed;
  readonly deliveries: ClaimedDeliveries;
}

/** The log of one process. Other replicas publish to their own and see nothing of it. */
export class InProcessSessionLog implements SessionLog {
  constructor(private readonly parts: InProcessSessionLogParts) {}

  /** Nothing in it waits, so that nothing else comes in between: that makes it one step. */
  async publish({ entries, delivery }: Publication): Promise<'published' | 'known'> {
    const { memory, feed, deliveries } = this.parts;
    if (delivery !== null && !deliveries.claim(delivery)) return 'known';
    const unknown = entries.filter(
      ({ ending, event }) => ending === null || memory.claimEnding(ending, event.tenantId),
    );
    for (const { event, revocation } of unknown) {
      // Remembered first, so that whoever is told of the event and asks then finds it.
      const recorded = revocation === null ? null : memory.remember(revocation, event.tenantId);
      feed.publish({ ...event, revocation: recorded });
    }
    return unknown.length === 0 && entries.length > 0 ? 'known' : 'published';
  }
}
