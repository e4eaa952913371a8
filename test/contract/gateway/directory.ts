import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { parseApplicationId, parseUserId } from '../../../src/domain/ids.js';
import { lifetimes } from '../world.js';
import { type CreateGateway, type GatewayPromise, parsed, userIdOf } from './gateway-trial.js';

/** Users, applications, settings, and the check that all of this can be asked for. */
export function describeGatewayDirectory(promise: GatewayPromise, createGateway: CreateGateway): void {
  promise('finds the users that exist among the ids', async (t) => {
    const [alice, bob] = [await t.world.addUser('shop'), await t.world.addUser('shop')];
    const ids = [alice.id, randomUUID(), bob.id].map((value) => parsed(parseUserId, value));

    const users = await t.gateway.directory.findUsers(ids);

    expect(users.size).toBe(2);
    expect(users.get(userIdOf(alice))).toMatchObject({ id: alice.id, email: alice.email, active: true });
    expect(users.get(userIdOf(bob))).toMatchObject({ id: bob.id, email: bob.email });
  });

  promise('lists applications with the lifetime of their access tokens', async (t) => {
    const { shop, console } = t.world.applications;

    const applications = await t.gateway.directory.listApplications();

    const lifetimeOf = (application: string) =>
      applications.get(parsed(parseApplicationId, application))?.accessTokenLifetimeSeconds;
    expect(lifetimeOf(shop)).toBe(lifetimes.shop.timeToLiveInSeconds);
    expect(lifetimeOf(console)).toBe(lifetimes.tenant.timeToLiveInSeconds);
  });

  promise('passes its check, and fails it as UPSTREAM_REJECTED with a wrong API key', async (t) => {
    await t.gateway.check();
    await using stranger = createGateway({ ...t.target, apiKey: 'not-an-api-key' });

    await expect(stranger.check()).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });

  promise('tells how long sessions live: unused, and at most', async (t) => {
    const { shop, console, sliding, capped } = t.world.applications;
    const lifetimesOf = (application: string | null) =>
      t.gateway.directory.findLifetimes(application === null ? null : parsed(parseApplicationId, application));
    const ownSeconds = lifetimes.shop.refreshTokenTimeToLiveInMinutes * 60;
    const tenantSeconds = lifetimes.tenant.refreshTokenTimeToLiveInMinutes * 60;

    const fixed = { idleLifetimeSeconds: null, absoluteLifetimeSeconds: ownSeconds };
    const tenants = { idleLifetimeSeconds: null, absoluteLifetimeSeconds: tenantSeconds };
    expect(await lifetimesOf(shop)).toMatchObject(fixed);
    expect(await lifetimesOf(console)).toMatchObject(tenants);
    expect(await lifetimesOf(null)).toMatchObject(tenants);
    expect(await lifetimesOf(sliding)).toMatchObject({
      idleLifetimeSeconds: ownSeconds,
      absoluteLifetimeSeconds: null,
    });
    expect(await lifetimesOf(capped)).toMatchObject({
      idleLifetimeSeconds: ownSeconds,
      absoluteLifetimeSeconds: ownSeconds,
    });
    expect(await lifetimesOf(randomUUID())).toBeNull();
  });
}
