import { expect, it } from 'vitest';
import type { JwtConfigurationInput } from '../../src/emulator/store/defaults.js';
import { startTestService, type TestService } from '../support/service.js';

const document = `
  query Policy($applicationId: ID) {
    sessionPolicy(applicationId: $applicationId) {
      applicationId
      idleLifetimeSeconds
      absoluteLifetimeSeconds
      accessTokenLifetimeSeconds
    }
  }`;

async function policyOf(service: TestService, applicationId?: string): Promise<unknown> {
  const data = await service.data<{ sessionPolicy: unknown }>(document, { applicationId });
  return data.sessionPolicy;
}

const tokens = { timeToLiveInSeconds: 300, refreshTokenTimeToLiveInMinutes: 30 };
const maximum = { maximumTimeToLiveInMinutes: 600 };

it.each<[string, JwtConfigurationInput, { idle: number | null; absolute: number | null }]>([
  ['Fixed', { refreshTokenExpirationPolicy: 'Fixed' }, { idle: null, absolute: 1_800 }],
  ['SlidingWindow', { refreshTokenExpirationPolicy: 'SlidingWindow' }, { idle: 1_800, absolute: null }],
  [
    'SlidingWindowWithMaximumLifetime',
    {
      refreshTokenExpirationPolicy: 'SlidingWindowWithMaximumLifetime',
      refreshTokenSlidingWindowConfiguration: maximum,
    },
    { idle: 1_800, absolute: 36_000 },
  ],
])('under %s tells the lifetimes of sessions and access tokens of an application', async (_policy, jwt, lifetimes) => {
  await using service = await startTestService();
  const { id } = service.emulator.store.addApplication({ name: 'Own', jwtConfiguration: { ...tokens, ...jwt } });
  expect(await policyOf(service, id)).toEqual({
    applicationId: id,
    idleLifetimeSeconds: lifetimes.idle,
    absoluteLifetimeSeconds: lifetimes.absolute,
    accessTokenLifetimeSeconds: 300,
  });
});

it('tells the settings of the tenant, which hold for an application without its own', async () => {
  await using service = await startTestService();
  const { store, tenantId } = service.emulator;
  Object.assign(store.tenantOrThrow(tenantId).jwtConfiguration, {
    ...tokens,
    refreshTokenExpirationPolicy: 'SlidingWindow',
  });
  const off = store.addApplication({ name: 'Off', jwtConfiguration: { enabled: false, timeToLiveInSeconds: 5 } });
  const ofTenant = { idleLifetimeSeconds: 1_800, absoluteLifetimeSeconds: null, accessTokenLifetimeSeconds: 300 };
  expect(await policyOf(service)).toEqual({ applicationId: null, ...ofTenant });
  expect(await policyOf(service, off.id)).toEqual({ applicationId: off.id, ...ofTenant });
});

it('is null for an application that does not exist', async () => {
  await using service = await startTestService();
  expect(await policyOf(service, '00000000-0000-0000-0000-000000000001')).toBeNull();
});

it('is null where several tenants exist and none is configured', async () => {
  await using service = await startTestService();
  service.emulator.store.addTenant();
  expect(await policyOf(service)).toBeNull();
});

it('is kept by the emulated sessions: one lives to the last millisecond of its lifetime and not longer', async () => {
  await using service = await startTestService();
  const { store, clock } = service.emulator;
  const { id: applicationId } = store.addApplication({ name: 'Own', jwtConfiguration: tokens });
  const now = clock.now();
  clock.set(now);
  const alice = service.user();
  const { id } = alice.addSession({ applicationId });
  const shown = async () => {
    const { session } = await service.data<{ session: { id: string; expiresAt: string } | null }>(
      `{ session(id: "${id}") { id expiresAt } }`,
    );
    return session;
  };
  expect(await shown()).toEqual({ id, expiresAt: new Date(now + 1_800_000).toISOString() });
  clock.set(now + 1_800_000);
  expect(await shown()).not.toBeNull();
  clock.set(now + 1_800_001);
  expect(await shown()).toBeNull();
});
