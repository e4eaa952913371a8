import type { OwnRevocations } from './own-revocations.js';
import type { RevocationMemory } from './revocation-memory.js';
import type { SessionEventFeed } from './session-event-feed.js';
import type { SessionLog } from './session-log.js';

/** Everything that replicas have to share to act as one, opened together over one store. */
export interface Stores extends AsyncDisposable {
  readonly log: SessionLog;
  readonly memory: RevocationMemory;
  readonly feed: SessionEventFeed;
  readonly ownRevocations: OwnRevocations;
  /** Says that reports of FusionAuth arrive from now on. What happened before may be missing from the memory. */
  begin(): void;
  /** Ends every subscription, once what waits has been read, and those to come at once. */
  endSubscriptions(): void;
}
