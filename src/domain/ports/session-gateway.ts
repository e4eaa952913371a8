import type { SessionId, UserId } from '../ids.js';
import type { Session } from '../session.js';

/**
 * The source of sessions. Every method reads or changes the source itself: none answers from a cache. A later call may
 * not show a change yet, because the source may read from a replica of its own.
 *
 * Each method throws an UpstreamError when the call failed or went unanswered; `mayHaveBeenDone` says whether the
 * source may have carried it out. Callers that show sessions let it through, and those that end them report each
 * session.
 */
export interface SessionGateway {
  /**
   * The sessions of a user, newest first; none when the user is unknown.
   * @throws an UpstreamError, also when a record cannot be decoded: the list is never shorter because of it.
   */
  listSessions(userId: UserId): Promise<SessionListing>;

  /** One session, or null when it does not exist or has ended. */
  findSession(id: SessionId): Promise<Session | null>;

  /**
   * Ends one session. Safe to call again.
   * @returns `alreadyEnded` when it was gone before this call; `revoked` also when an attempt of this call went
   * unanswered and the next one found the session gone.
   */
  revokeSession(id: SessionId): Promise<'revoked' | 'alreadyEnded'>;
}

export interface SessionListing {
  readonly sessions: readonly Session[];
  /** True when the source cut the list: sessions older than the ones listed may exist. */
  readonly truncated: boolean;
}
