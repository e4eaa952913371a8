import DataLoader from 'dataloader';
import type { Access } from '../../application/authorization/access.js';
import type { Reads } from '../../application/operation/operation-scope.js';
import type { Application, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { SessionListing } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';

/** The most users that one search asks for. */
const maxUsersPerSearch = 500;

/**
 * The look-ups of one operation, as far as its caller may look. Made anew for each, so that no operation sees what
 * another one read. The names and lifetimes of applications are for any caller.
 */
export function createReads(access: Access, directory: Directory): Reads {
  // FusionAuth has no call that lists the sessions of several users. Without batching each list starts at once and
  // answers on its own; the loader makes it one per distinct user, and the gateway bounds how many run.
  const sessionsByUser = new DataLoader<UserId, SessionListing>(
    async ([userId]) => (userId === undefined ? [] : [await access.sessions('session:read').listSessions(userId)]),
    { batch: false },
  );
  const sessionById = new DataLoader<SessionId, Session | null>(
    async ([id]) => (id === undefined ? [] : [await access.sessions('session:read').findSession(id)]),
    { batch: false },
  );
  const userById = new DataLoader<UserId, User | null>(
    async (ids) => {
      const users = await access.directory('session:read').findUsers(ids);
      return ids.map((id) => users.get(id) ?? null);
    },
    { maxBatchSize: maxUsersPerSearch },
  );
  const applicationById = new DataLoader<ApplicationId, Application | null>(async (ids) => {
    const applications = await directory.listApplications();
    return ids.map((id) => applications.get(id) ?? null);
  });

  return {
    sessionsOf: (userId) => sessionsByUser.load(userId),
    session: (id) => sessionById.load(id),
    user: (id) => userById.load(id),
    application: (id) => applicationById.load(id),
    lifetimes: async (applicationId) => access.directory('policy:read').findLifetimes(applicationId),
    forgetSessions(userId, ids) {
      sessionsByUser.clear(userId);
      for (const id of ids) sessionById.clear(id);
    },
  };
}
