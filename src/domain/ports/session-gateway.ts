import type { SessionId, UserId } from '../ids.js';
import type { Session } from '../session.js';

/**
 * Where sessions live. Every method reads or changes the source itself: none answers from a cache. What one call has
 * changed, a later one may not show yet, because the source may read from a replica of its own.
 *
 * Each method throws an UpstreamError when the source did not do what was asked, or may have done it without an answer:
 * `mayHaveBeenDone` tells. Callers that show sessions let it through, and those that end them report each session.
 */
export interface SessionGateway {
  /**
   * The sessions of a user, newest first; none when the user is unknown.
   * @throws an UpstreamError; a record that cannot be decoded fails the whole list, which is never shorter because of it.
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
