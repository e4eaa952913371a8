import type { RefreshToken } from '../../../src/emulator/store/records.js';
import type { Store } from '../../../src/emulator/store/store.js';

/** Every session that ever began in a store, and how it ended. */
export interface SessionHistory {
  /** All sessions of a user that ever began, newest first: greatest (insertInstant, id). */
  begunBy(userId: string): readonly RefreshToken[];
  /** True when the session was taken away while it was live; false while it is there or when it expired. */
  wasRevoked(sessionId: string): boolean;
  /** True when the lifetime of the session is over, also of one that was revoked before. */
  hasExpired(session: RefreshToken): boolean;
  /** The users who were without any live session at an instant after their first one began. */
  readonly usersLeftWithout: ReadonlySet<string>;
}

/**
 * Watches a store: each session that begins and each that is taken away, also those of which no caller learnt because
 * the answer was lost. Nothing can happen between two looks, since it looks at every change.
 */
export function watchSessions(store: Store): SessionHistory {
  const { sessions } = store;
  const begun = new Map<string, RefreshToken[]>();
  const revoked = new Set<string>();
  const usersLeftWithout = new Set<string>();

  const insert = sessions.insert.bind(sessions);
  sessions.insert = (row) => {
    insert(row);
    const { userId } = row.session;
    begun.set(userId, [...(begun.get(userId) ?? []), row.session]);
  };

  const remove = sessions.delete.bind(sessions);
  sessions.delete = (id) => {
    const row = sessions.get(id);
    if (row !== undefined && store.isLive(row)) revoked.add(id);
    const removed = remove(id);
    if (row !== undefined && store.sessionsOf(row.session.userId).length === 0) {
      usersLeftWithout.add(row.session.userId);
    }
    return removed;
  };

  return {
    begunBy: (userId) => [...(begun.get(userId) ?? [])].sort(newestFirst),
    wasRevoked: (sessionId) => revoked.has(sessionId),
    hasExpired: (session) => !store.isLive({ session, authInstant: session.startInstant }),
    usersLeftWithout,
  };
}

/** Written down here again on purpose: the order under test must not be judged by itself. */
function newestFirst(a: RefreshToken, b: RefreshToken): number {
  if (a.insertInstant !== b.insertInstant) return b.insertInstant - a.insertInstant;
  return a.id < b.id ? 1 : -1;
}
