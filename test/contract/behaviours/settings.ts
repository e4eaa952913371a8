import { describe, expect } from 'vitest';
import type { Contract } from '../promises.js';
import { applicationList, tenantList } from '../shapes.js';
import { lifetimes, type World } from '../world.js';

/**
 * The settings that lifetimes are computed from.
 * @see https://fusionauth.io/docs/apis/applications#retrieve-an-application,
 * https://fusionauth.io/docs/apis/tenants#retrieve-a-tenant
 */
export function describeSettings({ promise }: Contract): void {
  describe('listing applications and tenants', () => {
    promise("gives an application's tenant, and its JWT settings where it has its own", async (t) => {
      const { world } = t;
      const { refreshTokenTimeToLiveInMinutes } = lifetimes.shop;

      const applications = await listApplications(world);

      const byId = new Map(applications.map((application) => [application.id, application]));
      expect(byId.get(world.applications.shop)).toMatchObject({
        tenantId: world.tenantId,
        active: true,
        jwtConfiguration: {
          enabled: true,
          ...lifetimes.shop,
          refreshTokenExpirationPolicy: 'Fixed',
          refreshTokenUsagePolicy: 'Reusable',
        },
      });
      expect(byId.get(world.applications.capped)?.jwtConfiguration).toMatchObject({
        refreshTokenExpirationPolicy: 'SlidingWindowWithMaximumLifetime',
        refreshTokenSlidingWindowConfiguration: { maximumTimeToLiveInMinutes: refreshTokenTimeToLiveInMinutes },
      });
    });

    promise("does not mark an application's JWT settings as enabled where the tenant's apply", async (t) => {
      const { console } = t.world.applications;

      const application = (await listApplications(t.world)).find(({ id }) => id === console);

      expect(application).toMatchObject({ tenantId: t.world.tenantId });
      expect(application?.jwtConfiguration?.enabled).not.toBe(true);
    });

    promise('leaves inactive applications out', async (t) => {
      const { world } = t;
      const id = await world.addApplication();
      const before = await listApplications(world);
      const deactivation = await world.instance.call('DELETE', `/api/application/${id}`, { tenantId: world.tenantId });
      t.needs(deactivation);
      deactivation.expect(200);

      const after = await listApplications(world);

      expect(before.map((application) => application.id)).toContain(id);
      expect(after.map((application) => application.id)).not.toContain(id);
    });

    promise('lists the applications of one tenant when a tenant is named', async (t) => {
      const { instance, tenantId, applications, other } = t.world;

      const answer = await instance.call('GET', '/api/application', { tenantId });

      const ids = answer.read(applicationList).applications.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(Object.values(applications)));
      expect(ids).not.toContain(other.applicationId);
    });

    promise("gives a tenant's JWT settings and the lifetime of SSO sessions", async (t) => {
      const answer = await t.world.instance.call('GET', '/api/tenant');

      const tenant = answer.read(tenantList).tenants.find(({ id }) => id === t.world.tenantId);
      expect(tenant).toMatchObject({
        httpSessionMaxInactiveInterval: lifetimes.ssoSessionSeconds,
        jwtConfiguration: lifetimes.tenant,
      });
    });
  });
}

async function listApplications({ instance }: World) {
  return (await instance.call('GET', '/api/application')).read(applicationList).applications;
}
