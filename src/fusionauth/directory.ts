import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { Application, SessionLifetimes, User } from '../domain/directory.js';
import type { ApplicationId, TenantId, UserId } from '../domain/ids.js';
import type { Directory } from '../domain/ports/directory.js';
import { translateErrors } from './call-error.js';
import { decodeUser } from './decode.js';
import { asObject, listOrNone } from './json.js';
import { jwtSettingsOf, type LifetimeSettings, lifetimesOf } from './lifetimes.js';

/** Users and applications of FusionAuth. */
export class FusionAuthDirectory implements Directory {
  constructor(
    private readonly client: FusionAuthClient,
    private readonly readSettings: () => Promise<LifetimeSettings>,
    private readonly tenantId: TenantId | null,
  ) {}

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
      const users = listOrNone(body, 'users', ['total']).map(decodeUser);
      return new Map(users.map((user) => [user.id, user]));
    });
  }

  async listApplications(): Promise<ReadonlyMap<ApplicationId, Application>> {
    return translateErrors(async () => {
      const settings = await this.readSettings();
      const applications = new Map<ApplicationId, Application>();
      for (const application of settings.applications.values()) {
        const { id, name, tenantId } = application;
        const jwt = jwtSettingsOf(application, settings, this.tenantId);
        applications.set(id, {
          id,
          name,
          tenantId,
          accessTokenLifetimeSeconds: jwt?.accessTokenLifetimeSeconds ?? null,
        });
      }
      return applications;
    });
  }

  async findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null> {
    return translateErrors(async () => lifetimesOf(applicationId, await this.readSettings(), this.tenantId));
  }
}
