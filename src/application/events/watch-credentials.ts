import type { Caller } from '../../domain/caller.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import type { SessionEventFeed } from '../../domain/ports/session-event-feed.js';
import { concerns } from '../../domain/revocation.js';

/**
 * Calls back once, when the session of the calling user has ended, or when its end can no longer be noticed. Services
 * have no session.
 * @returns a function that stops watching.
 */
export function watchCredentials(
  feed: SessionEventFeed,
  memory: Pick<RevocationMemory, 'covers'>,
  caller: Caller,
  callback: () => void,
): () => void {
  if (caller.kind === 'service') return () => undefined;
  const { token } = caller;
  let isWatched = true;
  const end = () => {
    if (isWatched) callback();
    isWatched = false;
  };
  const watching = feed.subscribe(({ revocation }) => revocation !== null && concerns(revocation, token), null);
  const watch = async () => {
    const endings = await watching;
    // The session may have ended after the caller was recognised and before the subscription began.
    if (memory.covers(token)) return end();
    // It reads a single event, so it cannot overflow.
    const { done } = await endings.next();
    if (done !== true) end();
  };
  watch().catch(end);
  return () => {
    isWatched = false;
    watching.then((endings) => endings.return?.()).catch(() => undefined);
  };
}
