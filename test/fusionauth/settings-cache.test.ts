import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApplicationId, parseApplicationId } from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { FusionAuth } from '../../src/fusionauth/fusionauth.js';
import { connect } from './connection.js';

let emulator: Emulator;
let fusionAuth: FusionAuth;
let shop: ApplicationId;

beforeEach(async () => {
  emulator = await startEmulator();
  emulator.clock.set(1_000_000_000_000);
  fusionAuth = connect(emulator, { settingsMaxAgeMs: 10_000, maxAttempts: 1 });
  shop = parseApplicationId(emulator.store.addApplication({ name: 'Shop' }).id) as ApplicationId;
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

  it('are read again once they are older than settingsMaxAgeMs', async () => {
    await read();
    emulator.clock.advance(10_000);
    await read();
    expect(settingsCalls()).toEqual([1, 1]);
    emulator.clock.advance(1);
    await read();
    expect(settingsCalls()).toEqual([2, 2]);
  });

  it('are read again when the clock has been set back', async () => {
    await read();
    emulator.clock.advance(-3_600_000);
    await read();
    expect(settingsCalls()).toEqual([2, 2]);
  });

  it('are not remembered as missing when reading them failed', async () => {
    emulator.faults.add({ path: '/api/application', times: 1, fault: { kind: 'status', status: 500 } });
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect((await read()).get(shop)?.name).toBe('Shop');
  });

  it('are an error when they cannot be decoded', async () => {
    emulator.faults.add({ path: '/api/tenant', fault: { kind: 'mapBody', map: () => ({ tenants: [{}] }) } });
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_CONTRACT' });
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
