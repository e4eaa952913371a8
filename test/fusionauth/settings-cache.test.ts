import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApplicationId, parseApplicationId, parseTenantId, type TenantId } from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Fault } from '../../src/emulator/faults.js';
import { retryPauseMs } from '../../src/fusionauth/back-off.js';
import type { FusionAuth } from '../../src/fusionauth/fusionauth.js';
import { maxStaleMs } from '../../src/fusionauth/settings-cache.js';
import { connect } from '../support/fusionauth-connection.js';
import { observing } from '../support/telemetry.js';

let emulator: Emulator;
let fusionAuth: FusionAuth;
let shop: ApplicationId;
/** Active applications at first. */
let applications: number;
/** What was told of settings that could not be read anew. */
let stale: unknown[];

const maxAgeMs = 10_000;

beforeEach(async () => {
  emulator = await startEmulator();
  emulator.clock.set(1_000_000_000_000);
  stale = [];
  fusionAuth = connect(emulator, {
    settingsMaxAgeMs: maxAgeMs,
    maxAttempts: 1,
    telemetry: observing({ settingsStale: (error) => stale.push(error) }),
  });
  shop = parseApplicationId(emulator.store.addApplication({ name: 'Shop' }).id) as ApplicationId;
  applications = emulator.store.applications.size;
});

afterEach(async () => {
  await fusionAuth[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

const read = () => fusionAuth.directory.listApplications();
const settingsCalls = () => [
  emulator.calls.count({ method: 'GET', path: '/api/application' }),
  emulator.calls.count({ method: 'GET', path: '/api/tenant' }),
];

describe('application and tenant settings', () => {
  it('are read once, however many ask at once', async () => {
    await Promise.all([read(), read(), read()]);
    await read();
    expect(settingsCalls()).toEqual([1, 1]);
  });

  it('are kept for the latest thousand tenants', async () => {
    const readIn = (tenantId: TenantId) => fusionAuth.tenant(tenantId).directory.listApplications();
    const tenantId = parseTenantId(emulator.tenantId) as TenantId;
    await readIn(tenantId);
    const before = settingsCalls();
    const name = () => fusionAuth.tenant(parseTenantId(randomUUID()) as TenantId);
    for (let others = 0; others < 999; others++) name();
    await readIn(tenantId);
    expect(settingsCalls()).toEqual(before);
    name();
    await readIn(tenantId);
    expect(settingsCalls()).not.toEqual(before);
  });

  it('are read anew beside the first who asks for older ones than settingsMaxAgeMs', async () => {
    await read();
    emulator.clock.advance(maxAgeMs);
    await read();
    expect(settingsCalls()).toEqual([1, 1]);
    emulator.clock.advance(1);
    emulator.store.addApplication({ name: 'New' });
    expect((await read()).size).toBe(applications);
    await expect.poll(async () => (await read()).size).toBe(applications + 1);
    expect(settingsCalls()).toEqual([2, 2]);
  });

  it('hold nobody up while reading them anew hangs', async () => {
    await read();
    emulator.clock.advance(maxAgeMs + maxStaleMs);
    emulator.faults.add({ path: '/api/application', fault: { kind: 'hang' } });
    for (let time = 1; time <= 20; time++) expect((await read()).size).toBe(applications);
    await expect.poll(settingsCalls).toEqual([2, 2]);
  });

  it.each<[string, Fault]>([
    ['are not listed in time once', { kind: 'hang' }],
    ['were asked for at an ingress without a backend', { kind: 'status', status: 404 }],
  ])('are the same after they %s', async (_what, fault) => {
    await using impatient = connect(emulator, { settingsMaxAgeMs: maxAgeMs, maxAttempts: 1, requestTimeoutMs: 200 });
    const names = async () => [...(await impatient.directory.listApplications()).values()].map(({ name }) => name);
    const before = await names();
    emulator.faults.add({ path: '/api/application', fault });
    for (let time = 1; time <= 5; time++) {
      emulator.clock.advance(maxAgeMs + 1);
      expect(await names()).toEqual(before);
      await new Promise((resolve) => setTimeout(resolve, 250));
      expect(await names()).toEqual(before);
    }
  });

  it('are of no use once they are older than that by ten minutes', async () => {
    await read();
    emulator.clock.advance(maxAgeMs + maxStaleMs + 1);
    emulator.faults.add({ path: '/api/application', fault: { kind: 'status', status: 503 } });
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('that cannot be read anew are told of, and read again after a pause', async () => {
    await read();
    emulator.clock.advance(maxAgeMs + 1);
    emulator.faults.add({ path: '/api/application', fault: { kind: 'status', status: 503 } });
    await read();
    await expect.poll(() => stale).toHaveLength(1);
    for (let time = 1; time <= 20; time++) await read();
    expect(settingsCalls()).toEqual([2, 2]);
    emulator.clock.advance(retryPauseMs);
    await read();
    await expect.poll(() => stale).toHaveLength(2);
    expect(settingsCalls()).toEqual([3, 2]);
  });

  it('are read again when the clock has been set back', async () => {
    await read();
    emulator.clock.advance(-3_600_000);
    await read();
    expect(settingsCalls()).toEqual([2, 2]);
  });

  it('that could not be read are not asked for by every call, and are there once they can be', async () => {
    emulator.faults.add({ path: '/api/application', times: 1, fault: { kind: 'status', status: 500 } });
    for (let time = 1; time <= 20; time++) {
      await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    }
    expect(emulator.calls.count({ method: 'GET', path: '/api/application' })).toBe(1);
    emulator.clock.advance(retryPauseMs);
    expect((await read()).get(shop)?.name).toBe('Shop');
  });

  it('are an error when the list of applications cannot be decoded', async () => {
    emulator.faults.add({ path: '/api/application', fault: { kind: 'mapBody', map: () => ({ applications: 'x' }) } });
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_CONTRACT' });
  });

  it('are shown as far as they can be decoded', async () => {
    const map = (body: unknown) => ({ applications: [{}, 'x', ...(body as { applications: unknown[] }).applications] });
    emulator.faults.add({ path: '/api/application', fault: { kind: 'mapBody', map } });
    emulator.faults.add({ path: '/api/tenant', fault: { kind: 'mapBody', map: () => ({ tenants: [{}] }) } });
    const known = await read();
    expect([known.size, known.get(shop)?.name, known.get(shop)?.accessTokenLifetimeSeconds]).toEqual([
      applications,
      'Shop',
      null,
    ]);
  });
});

describe('applications', () => {
  it('tell how long their access tokens live, by their own settings or those of the tenant', async () => {
    const own = emulator.store.addApplication({ name: 'Bank', jwtConfiguration: { timeToLiveInSeconds: 60 } });
    const applications = await read();
    expect(applications.get(shop)?.accessTokenLifetimeSeconds).toBe(3_600);
    expect(applications.get(own.id as ApplicationId)?.accessTokenLifetimeSeconds).toBe(60);
  });

  it('are the active ones', async () => {
    const retired = emulator.store.addApplication({ name: 'Old', active: false });
    expect((await read()).has(retired.id as ApplicationId)).toBe(false);
  });
});
