import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ApplicationId,
  parseApplicationId,
  parseTenantId,
  parseUserId,
  type TenantId,
  type UserId,
} from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { maxRetryPauseMs, retryPauseMs } from '../../src/fusionauth/back-off.js';
import type { FusionAuth, FusionAuthOptions } from '../../src/fusionauth/fusionauth.js';
import { maxSettingsListBytes } from '../../src/fusionauth/settings.js';
import { connect } from '../support/fusionauth-connection.js';
import { startOwnTime } from '../support/own-time.js';
import { observing } from '../support/telemetry.js';

let emulator: Emulator;
let opened: FusionAuth[];
let alice: UserId;
let failures: unknown[];

beforeEach(async () => {
  emulator = await startEmulator();
  emulator.clock.set(1_000_000_000_000);
  opened = [];
  failures = [];
  alice = parseUserId(emulator.store.addUser({ email: 'alice@example.com' }).id) as UserId;
});

afterEach(async () => {
  for (const connection of opened) await connection[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

function open(options: Partial<FusionAuthOptions> = {}): FusionAuth {
  const connection = connect(emulator, {
    telemetry: observing({ settingsUnavailable: (error) => failures.push(error) }),
    ...options,
  });
  opened.push(connection);
  return connection;
}

const application = (name: string, lifetimeSeconds: number) =>
  parseApplicationId(
    emulator.store.addApplication({ name, jwtConfiguration: { timeToLiveInSeconds: lifetimeSeconds } }).id,
  ) as ApplicationId;

const signIn = (applicationId?: ApplicationId) =>
  emulator.store.addSession({
    userId: alice,
    insertInstant: emulator.clock.now(),
    ...(applicationId === undefined ? {} : { applicationId }),
  });

const defaultTenant = () => parseTenantId(emulator.tenantId) as TenantId;

const calls = () => ({
  applications: emulator.calls.count({ method: 'GET', path: '/api/application' }),
  applicationsById: emulator.calls.count({ method: 'GET', path: '/api/application/:id' }),
  tenants: emulator.calls.count({ method: 'GET', path: '/api/tenant' }),
  tenantsById: emulator.calls.count({ method: 'GET', path: '/api/tenant/:id' }),
});

/** Makes a list as long as that of a large instance. */
const makeLarge = (path: string) =>
  emulator.faults.add({
    path,
    fault: { kind: 'mapBody', map: (body) => ({ ...(body as object), filling: 'x'.repeat(maxSettingsListBytes) }) },
  });

async function expiries(connection: FusionAuth) {
  const { sessions } = await connection.sessions.listSessions(alice);
  return sessions.map(({ expiresAt }) => expiresAt !== null);
}

describe('a small instance', () => {
  it('has its applications and its tenants listed by one call each', async () => {
    for (const name of ['Shop', 'Bank', 'Forum']) signIn(application(name, 60));
    signIn();
    const fusionAuth = open();
    expect(await expiries(fusionAuth)).toEqual([true, true, true, true]);
    await expiries(fusionAuth);
    expect(calls()).toEqual({ applications: 1, applicationsById: 0, tenants: 1, tenantsById: 0 });
  });
});

describe('a tenant that the service is bound to', () => {
  it('is read by its id, so that FusionAuth may refuse to list tenants', async () => {
    emulator.faults.add({ path: '/api/tenant', fault: { kind: 'status', status: 500 } });
    signIn(application('Shop', 60));
    signIn();
    const fusionAuth = open({ tenantId: defaultTenant(), maxAttempts: 1 });
    expect(await expiries(fusionAuth)).toEqual([true, true]);
    await expiries(fusionAuth);
    expect(calls()).toEqual({ applications: 1, applicationsById: 0, tenants: 0, tenantsById: 1 });
    expect(failures).toEqual([]);
  });
});

describe('settings that are young enough', () => {
  it.each(['any tenant', 'one tenant'])('are not read again, and older ones are (for %s)', async (bound) => {
    signIn(application('Shop', 60));
    const tenantId = bound === 'one tenant' ? defaultTenant() : null;
    const fusionAuth = open({ tenantId, settingsMaxAgeMs: 10_000 });
    const read = () => {
      const { applications, tenants, tenantsById } = calls();
      return [applications, tenants + tenantsById];
    };
    await expiries(fusionAuth);
    emulator.clock.advance(10_000);
    expect(await expiries(fusionAuth)).toEqual([true]);
    expect(read()).toEqual([1, 1]);
    emulator.clock.advance(1);
    expect(await expiries(fusionAuth)).toEqual([true]);
    await expect.poll(read).toEqual([2, 2]);
  });
});

describe('an instance with too many applications to list', () => {
  it('has only those read that sessions name, each once', async () => {
    makeLarge('/api/application');
    const [shop, bank] = [application('Shop', 60), application('Bank', 90)];
    application('Forum', 60);
    for (const id of [shop, bank, shop, shop]) signIn(id);
    const fusionAuth = open();
    expect(await expiries(fusionAuth)).toEqual([true, true, true, true]);
    await expiries(fusionAuth);
    expect(calls()).toMatchObject({ applications: 1, applicationsById: 2, tenants: 1 });
    expect(failures).toEqual([]);
  });

  it('has the lifetimes of access tokens known once the sessions have been listed', async () => {
    makeLarge('/api/application');
    const shop = application('Shop', 60);
    signIn(shop);
    const fusionAuth = open();
    const known = await fusionAuth.directory.listApplications();
    expect(known.get(shop)).toBeUndefined();
    await fusionAuth.sessions.listSessions(alice);
    expect(known.get(shop)).toMatchObject({ name: 'Shop', accessTokenLifetimeSeconds: 60 });
  });

  it('is not asked again for an application that does not exist', async () => {
    makeLarge('/api/application');
    const unknown = parseApplicationId('a0000000-0000-4000-8000-00000000ffff') as ApplicationId;
    const fusionAuth = open();
    for (const _time of [1, 2]) expect((await fusionAuth.directory.findApplications([unknown])).size).toBe(0);
    expect(calls().applicationsById).toBe(1);
  });

  it('and too many tenants has the tenants of those applications and of SSO sessions read', async () => {
    makeLarge('/api/application');
    makeLarge('/api/tenant');
    const shop = parseApplicationId(emulator.store.addApplication({ name: 'Shop' }).id) as ApplicationId;
    signIn(shop);
    signIn();
    const fusionAuth = open();
    expect(await expiries(fusionAuth)).toEqual([true, true]);
    expect(calls()).toEqual({ applications: 1, applicationsById: 1, tenants: 1, tenantsById: 1 });
  });

  it('which it does not list in time is asked once, and then for each that sessions name', async () => {
    emulator.faults.add({ path: '/api/application', fault: { kind: 'hang' } });
    signIn(application('Shop', 60));
    const fusionAuth = open({ requestTimeoutMs: 500 });
    await expect.poll(() => expiries(fusionAuth)).toEqual([true]);
    expect(calls()).toMatchObject({ applications: 1, applicationsById: 1 });
    expect(failures).toEqual([]);
  });

  it('follows changes beside operations, without holding them up', async () => {
    makeLarge('/api/application');
    const shop = application('Shop', 60);
    const fusionAuth = open({ settingsMaxAgeMs: 10_000 });
    await fusionAuth.directory.findApplications([shop]);
    emulator.clock.advance(10_001);
    const hanging = emulator.faults.add({ path: '/api/application/:id', fault: { kind: 'hang' } });
    expect((await fusionAuth.directory.findApplications([shop])).get(shop)?.name).toBe('Shop');
    hanging.remove();
  });
});

describe('settings that cannot be read', () => {
  it('leave an application with its id only, and fail nothing', async () => {
    const shop = application('Shop', 60);
    emulator.faults.add({ path: '/api/application', fault: { kind: 'status', status: 401 } });
    const fusionAuth = open();
    const found = await fusionAuth.directory.findApplications([shop]);
    expect(found.get(shop)).toEqual({ id: shop, name: null, tenantId: null, accessTokenLifetimeSeconds: null });
    expect(failures).toHaveLength(1);
  });

  it('one by one are one failure, however many are under way and waiting', async () => {
    makeLarge('/api/application');
    const many = Array.from({ length: 50 }, (_, index) => application(`Shop ${index}`, 60));
    emulator.faults.add({ path: '/api/application/:id', fault: { kind: 'status', status: 401 } });
    const fusionAuth = open();
    expect((await fusionAuth.directory.findApplications(many)).size).toBe(50);
    expect(failures).toHaveLength(1);
    expect(calls().applicationsById).toBeLessThan(10);
  });

  it('of tenants leave the names of applications readable', async () => {
    const shop = parseApplicationId(emulator.store.addApplication({ name: 'Shop' }).id) as ApplicationId;
    emulator.faults.add({ path: '/api/tenant', fault: { kind: 'status', status: 500 } });
    const found = await open({ maxAttempts: 1 }).directory.findApplications([shop]);
    expect(found.get(shop)).toMatchObject({ name: 'Shop', accessTokenLifetimeSeconds: null });
  });

  it('are asked for after pauses that double, up to a minute', async () => {
    emulator.faults.add({ path: '/api/application', fault: { kind: 'status', status: 401 } });
    const fusionAuth = open();
    const attempts = () => calls().applications;
    await expiries(fusionAuth);
    let pauseMs = retryPauseMs;
    for (let failed = 1; failed <= 10; failed++) {
      emulator.clock.advance(pauseMs - 1);
      await expiries(fusionAuth);
      expect(attempts()).toBe(failed);
      emulator.clock.advance(1);
      await expiries(fusionAuth);
      expect(attempts()).toBe(failed + 1);
      pauseMs = Math.min(maxRetryPauseMs, pauseMs * 2);
    }
  });

  it('because they hang hold up the first list for a moment, and no other one', async () => {
    emulator.faults.add({ path: '/api/application', fault: { kind: 'hang' } });
    signIn(application('Shop', 60));
    const fusionAuth = open({ callBudgetMs: 60_000, requestTimeoutMs: 60_000 });
    expect(await expiries(fusionAuth)).toEqual([false]);
    const ownMs = startOwnTime();
    for (let time = 1; time <= 20; time++) expect(await expiries(fusionAuth)).toEqual([false]);
    expect(ownMs()).toBeLessThan(2_000);
    expect(calls().applications).toBe(1);
  });
});
