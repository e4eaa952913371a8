import type { Caller } from '../../domain/caller.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import type { SessionEventFeed } from '../../domain/ports/session-event-feed.js';
import { concerns } from '../../domain/revocation.js';

/**
 * Calls back when the session that a caller calls from has ended. Services have none.
 * @returns a function that stops watching.
 */
export function watchCredentials(
  feed: SessionEventFeed,
  memory: Pick<RevocationMemory, 'refuses'>,
  caller: Caller,
  callback: () => void,
): () => void {
  if (caller.kind === 'service') return () => undefined;
  const { token } = caller;
  const endings = feed.subscribe(({ revocation }) => revocation !== null && concerns(revocation, token), null);
  // Too slow a reader it cannot be: it reads one event.
  endings.next().then(
    ({ done }) => {
      if (done !== true) callback();
      void endings.return?.();
    },
    () => undefined,
  );
  // It may have ended since the caller was recognised.
  memory.refuses(token).then(
    (isRevoked) => {
      if (isRevoked) callback();
    },
    () => undefined,
  );
  return () => void endings.return?.();
}
