import DataLoader from 'dataloader';
import type { Access } from '../../application/authorization/access.js';
import type { Reads } from '../../application/operation/operation-scope.js';
import type { Application, Registration, Tenant, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import { type Directory, maxUsersPerSearch } from '../../domain/ports/directory.js';
import type { SessionListing } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';

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
  /** Users whose sessions the operation has asked for, and for whom no search has begun. */
  const expected = new Set<UserId>();
  // The lists of several users answer at different moments. The first question for one of these users searches for all
  // of them, so that one search suffices.
  const userById = new DataLoader<UserId, User | null>(async (ids) => {
    const asked = new Set(ids);
    const others = [...expected].filter((id) => !asked.has(id));
    expected.clear();
    const searches = searchInParts(access.directory('session:read'), [...ids, ...others]);
    for (const id of others) userById.prime(id, searches.userOf(id));
    return Promise.all(ids.map((id) => searches.userOf(id)));
  });
  const applicationById = new DataLoader<ApplicationId, Application | null>(async (ids) => {
    const applications = await directory.findApplications(ids);
    return ids.map((id) => applications.get(id) ?? null);
  });

  const tenantById = new DataLoader<TenantId, Tenant | null>(async (ids) => {
    const tenants = new Map((await directory.findTenants(ids)).map((tenant) => [tenant.id, tenant]));
    return ids.map((id) => tenants.get(id) ?? null);
  });
  const registrationsByUser = new DataLoader<UserId, readonly Registration[]>(
    async (ids) => {
      const registrations = await access.people('session:read').registrationsOf(ids);
      return ids.map((id) => registrations.get(id) ?? []);
    },
    { maxBatchSize: maxUsersPerSearch },
  );

  return {
    sessionsOf(userId) {
      expected.add(userId);
      return sessionsByUser.load(userId);
    },
    session: (id) => sessionById.load(id),
    user: (id) => userById.load(id),
    application: (id) => applicationById.load(id),
    applications: async () => [...(await access.directory('session:read').listApplications()).values()],
    tenant: (id) => tenantById.load(id),
    tenants: () => directory.findTenants(null),
    async searchUsers(search) {
      const found = await access.people('session:read').search(search);
      for (const user of found.users) userById.prime(user.id, user);
      return found;
    },
    registrations: (userId) => registrationsByUser.load(userId),
    signIns: async (userId, count) => access.people('session:read').signInsOf(userId, count),
    lifetimes: async (applicationId) => access.directory('policy:read').findLifetimes(applicationId),
    forgetSessions(userId, ids) {
      sessionsByUser.clear(userId);
      for (const id of ids) sessionById.clear(id);
    },
  };
}

/** Searches for at most `maxUsersPerSearch` users at a time. */
function searchInParts(directory: Directory, ids: readonly UserId[]) {
  const parts = new Map<UserId, Promise<ReadonlyMap<UserId, User>>>();
  for (let start = 0; start < ids.length; start += maxUsersPerSearch) {
    const part = ids.slice(start, start + maxUsersPerSearch);
    const search = directory.findUsers(part);
    // A search for an expected user that nobody asks for must not leave its failure unhandled.
    search.catch(() => undefined);
    for (const id of part) parts.set(id, search);
  }
  return {
    userOf(id: UserId): Promise<User | null> {
      const user = Promise.resolve(parts.get(id)).then((users) => users?.get(id) ?? null);
      user.catch(() => undefined);
      return user;
    },
  };
}
