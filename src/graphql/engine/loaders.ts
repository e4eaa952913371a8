import DataLoader from 'dataloader';
import type { Access } from '../../application/authorization/access.js';
import type { Reads } from '../../application/operation/operation-scope.js';
import type { Work } from '../../application/operation/work.js';
import type { Application, Registration, SessionLifetimes, SignIn, Tenant, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import { type Directory, maxUsersPerSearch } from '../../domain/ports/directory.js';
import type { FoundUsers, UserSearch } from '../../domain/ports/people.js';
import type { SessionListing } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';

/**
 * Makes the look-ups of one operation, within the bounds of its caller. Every caller may read names and lifetimes of
 * applications.
 */
export function createReads(
  access: Access,
  directoryOf: () => Directory,
  work: Pick<Work, 'readSessions' | 'readUsers'>,
): Reads {
  return new OperationReads(access, directoryOf, work);
}

/**
 * Made anew for each operation, so that none sees what another one read. Each memory is made when it is first needed,
 * because the loaders are the largest part of what an operation holds while FusionAuth answers.
 */
class OperationReads implements Reads {
  // A map in place of a loader, because FusionAuth has no call that lists the sessions of several users.
  #sessionsByUser: Map<UserId, Promise<SessionListing>> | undefined;
  #sessionById: Map<SessionId, Promise<Session | null>> | undefined;
  /** Users whose sessions the operation has read, and whom no search has included yet. */
  #expected: Set<UserId> | undefined;
  #userById: DataLoader<UserId, User | null> | undefined;
  #applicationById: DataLoader<ApplicationId, Application | null> | undefined;
  #tenantById: DataLoader<TenantId, Tenant | null> | undefined;
  #registrationsByUser: DataLoader<UserId, readonly Registration[]> | undefined;

  constructor(
    private readonly access: Access,
    private readonly directoryOf: () => Directory,
    private readonly work: Pick<Work, 'readSessions' | 'readUsers'>,
  ) {}

  sessionsOf(userId: UserId): Promise<SessionListing> {
    this.#expected ??= new Set();
    this.#expected.add(userId);
    this.#sessionsByUser ??= new Map();
    return remembered(this.#sessionsByUser, userId, () => this.#list(userId));
  }

  session(id: SessionId): Promise<Session | null> {
    this.#sessionById ??= new Map();
    return remembered(this.#sessionById, id, () => this.#find(id));
  }

  user(id: UserId): Promise<User | null> {
    return this.#users.load(id);
  }

  application(id: ApplicationId): Promise<Application | null> {
    this.#applicationById ??= new DataLoader(async (ids) => {
      const applications = await this.directoryOf().findApplications(ids);
      return ids.map((one) => applications.get(one) ?? null);
    });
    return this.#applicationById.load(id);
  }

  async applications(): Promise<readonly Application[]> {
    return [...(await this.access.directory('session:read').listApplications()).values()];
  }

  tenant(id: TenantId): Promise<Tenant | null> {
    this.#tenantById ??= new DataLoader(async (ids) => {
      const tenants = new Map((await this.directoryOf().findTenants(ids)).map((one) => [one.id, one]));
      return ids.map((one) => tenants.get(one) ?? null);
    });
    return this.#tenantById.load(id);
  }

  tenants(): Promise<readonly Tenant[]> {
    return this.directoryOf().findTenants(null);
  }

  async searchUsers(search: UserSearch): Promise<FoundUsers> {
    const found = await this.access.people('session:read').search(search);
    this.work.readUsers(found.users.length);
    for (const user of found.users) this.#users.prime(user.id, user);
    return found;
  }

  registrations(userId: UserId): Promise<readonly Registration[]> {
    this.#registrationsByUser ??= new DataLoader(
      async (ids) => {
        const registrations = await this.access.people('session:read').registrationsOf(ids);
        return ids.map((id) => registrations.get(id) ?? []);
      },
      { maxBatchSize: maxUsersPerSearch },
    );
    return this.#registrationsByUser.load(userId);
  }

  async signIns(userId: UserId, count: number): Promise<readonly SignIn[] | null> {
    return this.access.people('session:read').signInsOf(userId, count);
  }

  async lifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null> {
    return this.access.directory('policy:read').findLifetimes(applicationId);
  }

  forgetSessions(userId: UserId, ids: readonly SessionId[]): void {
    this.#sessionsByUser?.delete(userId);
    for (const id of ids) this.#sessionById?.delete(id);
  }

  /** Asynchronous, so that an error of the access rejects the look-up. */
  async #list(userId: UserId): Promise<SessionListing> {
    const listing = await this.access.sessions('session:read').listSessions(userId);
    this.work.readSessions(listing.sessions.length);
    return listing;
  }

  async #find(id: SessionId): Promise<Session | null> {
    return this.access.sessions('session:read').findSession(id);
  }

  // The lists of several users arrive at different moments. The first look-up of one of these users searches for all of
  // them, so that one search suffices.
  get #users(): DataLoader<UserId, User | null> {
    if (this.#userById !== undefined) return this.#userById;
    const users = new DataLoader<UserId, User | null>(async (ids) => {
      const asked = new Set(ids);
      const others = [...(this.#expected ?? [])].filter((id) => !asked.has(id));
      this.#expected?.clear();
      const searches = searchInParts(this.access.directory('session:read'), [...ids, ...others], this.work);
      for (const id of others) users.prime(id, searches.userOf(id));
      return Promise.all(ids.map((id) => searches.userOf(id)));
    });
    this.#userById = users;
    return users;
  }
}

function remembered<Key, Value>(known: Map<Key, Promise<Value>>, key: Key, read: () => Promise<Value>): Promise<Value> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  return found;
}

/** Searches for at most `maxUsersPerSearch` users at a time. */
function searchInParts(directory: Directory, ids: readonly UserId[], work: Pick<Work, 'readUsers'>) {
  const parts = new Map<UserId, Promise<ReadonlyMap<UserId, User>>>();
  for (let start = 0; start < ids.length; start += maxUsersPerSearch) {
    const part = ids.slice(start, start + maxUsersPerSearch);
    const search = directory.findUsers(part);
    // Handles the failure of a search for an expected user that no field asks for.
    search.then(
      (users) => work.readUsers(users.size),
      () => undefined,
    );
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
