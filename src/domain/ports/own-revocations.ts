import type { SessionEndReason } from '../ended-session.js';
import type { SessionId } from '../ids.js';

/**
 * Revocations that this service is about to send. FusionAuth may report one, to any replica, before it answers the
 * replica that sent it; the announcement lets that replica publish it with the right reason.
 */
export interface OwnRevocations {
  /**
   * Announces revocations before the first of them is sent, all in one step. Resolves once every replica can see them.
   * Of several announcements of one session that are not settled, the first counts.
   * @throws StoreUnavailableError when they could not be announced. The revocations may be sent all the same: only
   * their reason may be lost.
   */
  announce(revocations: readonly OwnRevocation[]): Promise<Announcement>;

  /**
   * The revocation of ours that a report of FusionAuth is about; null when nobody announced one.
   * @throws StoreUnavailableError
   */
  find(id: SessionId): Promise<OwnRevocation | null>;
}

export interface OwnRevocation {
  readonly sessionId: SessionId;
  readonly reason: SessionEndReason;
  /** The session that stays in its place; null when none does. */
  readonly replacedBySessionId: SessionId | null;
}

export interface Announcement {
  /**
   * Withdraws what was announced, once it is known and published what came of it. Never rejects: an announcement that
   * stays only attributes a later report of the same session to us.
   */
  settle(): Promise<void>;
}
