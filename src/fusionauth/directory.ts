import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { Application, SessionLifetimes, Tenant, User } from '../domain/directory.js';
import type { ApplicationId, TenantId, UserId } from '../domain/ids.js';
import type { Subject } from '../domain/policy/subject.js';
import type { Directory } from '../domain/ports/directory.js';
import { isUnknownTenant, orNullIfNotFound, translateErrors } from './call-error.js';
import { decodeSubject, decodeUser } from './decode.js';
import { usersIn } from './found-users.js';
import { asObject } from './json.js';
import { lifetimesOf } from './lifetimes.js';
import type { NeededSettings, ReadSettings } from './settings.js';

/** The settings for one operation. */
interface DirectorySettings {
  /** The applications known at the moment. */
  readonly applications: () => ReadonlyMap<ApplicationId, Application>;
  readonly prepareApplications: () => Promise<void>;
  /** The tenants known at the moment. */
  readonly tenants: () => ReadonlyMap<TenantId, Tenant>;
  readonly read: (needed: NeededSettings) => Promise<ReadSettings>;
}

/** Users and applications of FusionAuth. */
export class FusionAuthDirectory implements Directory {
  constructor(
    private readonly client: FusionAuthClient,
    private readonly settings: DirectorySettings,
    private readonly tenantId: TenantId | null,
    private readonly tenantIsCallersWord: boolean,
  ) {}

  /**
   * One call, with the registrations and memberships of the user.
   * @see https://fusionauth.io/docs/apis/users#retrieve-a-user
   */
  async findSubject(id: UserId): Promise<Subject | null> {
    return translateErrors(async () => {
      const found = await orNullIfNotFound(this.client.retrieveUser(id));
      return found === null ? null : decodeSubject(asObject(found.response, 'The answer for a user')['user']);
    }, this.tenantIsCallersWord);
  }

  /**
   * One search for all ids. POST, because the ids in a URL would meet its length limit; `expand: []` leaves out
   * registrations and memberships. Unknown ids are missing from the answer, which has no order.
   * @see https://fusionauth.io/docs/apis/users#search-for-users
   */
  async findUsers(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>> {
    if (ids.length === 0) return new Map();
    return translateErrors(async () => {
      const { response } = await this.client.searchUsersByQuery({ search: { ids: [...ids] }, expand: [] });
      const body = asObject(response ?? {}, 'The list of users');
      const users = usersIn(body).map(decodeUser);
      return new Map(users.map((user) => [user.id, user]));
    }, this.tenantIsCallersWord);
  }

  async listApplications(): Promise<ReadonlyMap<ApplicationId, Application>> {
    return translateErrors(async () => {
      // The tenants say how long access tokens live in applications without settings of their own.
      await Promise.all([this.settings.prepareApplications(), this.#read(noneInParticular)]);
      return this.settings.applications();
    }, this.tenantIsCallersWord);
  }

  async findApplications(ids: readonly ApplicationId[]): Promise<ReadonlyMap<ApplicationId, Application>> {
    return translateErrors(async () => {
      const { error } = await this.settings.read({ applicationIds: ids, tenantIds: [] });
      const found = new Map<ApplicationId, Application>();
      for (const id of ids) {
        const application = this.settings.applications().get(id);
        if (application !== undefined) found.set(id, application);
        else if (error !== undefined) found.set(id, { id, ...notRead });
      }
      return found;
    }, this.tenantIsCallersWord);
  }

  async findTenants(ids: readonly TenantId[] | null): Promise<readonly Tenant[]> {
    return translateErrors(async () => {
      await this.#read({ applicationIds: [], tenantIds: ids ?? [] });
      const known = this.settings.tenants();
      const found = ids === null ? [...known.values()] : ids.map((id) => known.get(id)).filter((one) => one != null);
      return found.map(({ id, name }) => ({ id, name }));
    }, this.tenantIsCallersWord);
  }

  async findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null> {
    return translateErrors(async () => {
      const applicationIds = applicationId === null ? [] : [applicationId];
      const { settings, error } = await this.settings.read({ applicationIds, tenantIds: [] });
      const lifetimes = lifetimesOf(applicationId, settings, this.tenantId);
      if (lifetimes === null && error !== undefined) throw error;
      return lifetimes;
    }, this.tenantIsCallersWord);
  }

  /** @throws FusionAuthCallError for an unknown tenant of the caller, in which nothing there is would be no answer. */
  async #read(needed: NeededSettings): Promise<ReadSettings> {
    const read = await this.settings.read(needed);
    if (this.tenantIsCallersWord && isUnknownTenant(read.error)) throw read.error;
    return read;
  }
}

const noneInParticular: NeededSettings = { applicationIds: [], tenantIds: [] };

const notRead = { name: null, tenantId: null, accessTokenLifetimeSeconds: null };
