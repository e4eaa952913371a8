import { afterEach, expect, it } from 'vitest';
import { maxSettingsListBytes } from '../../src/fusionauth/settings.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';
import { keepWithTenant, rulesFor } from './fusionauth-documents.js';
import { enforcePolicy } from './operations.js';

let service: TestService;
afterEach(() => service[Symbol.asyncDispose]());

const start = async (options: TestServiceOptions = {}) => {
  service = await startTestService({ env: { SETTINGS_MAX_AGE_MS: '1' }, ...options });
};

const document = (rules: readonly object[], more: object = {}) => ({ version: 1, mode: 'enforce', rules, ...more });

/** A user of the shop, whose policy and whose tenant's are both in force. */
async function startWithBoth() {
  await start();
  keepWithTenant(service, document([{ name: 'rest', allow: 1 }]));
  service.shop.data = { sessionPolicy: document([{ name: 'shop', allow: 3 }]) };
  const alice = service.user({ sessions: 3 });
  const both = [`shop@${service.shop.id}`, 'rest'];
  await expect.poll(() => rulesFor(service, alice.id)).toEqual(both);
  return { alice, both };
}

it('applications that are not listed any more keep their limits, as the tenant does', async () => {
  const { alice, both } = await startWithBoth();
  const { faults, calls } = service.emulator;
  const tooLong = (body: unknown) => ({ ...(body as object), filling: 'x'.repeat(maxSettingsListBytes) });
  for (const path of ['/api/application', '/api/tenant']) {
    faults.add({ path, fault: { kind: 'mapBody', map: tooLong } });
    const before = calls.count({ method: 'GET', path });
    await expect
      .poll(async () => {
        expect(await rulesFor(service, alice.id)).toEqual(both);
        return calls.count({ method: 'GET', path }) > before;
      })
      .toBe(true);
    for (let looks = 0; looks < 3; looks++) expect(await rulesFor(service, alice.id)).toEqual(both);
  }
  expect((await enforcePolicy(service, alice.id)).revokedSessions).toEqual([]);
  expect(alice.liveIds()).toHaveLength(3);
});

it.each([
  ['/api/application', { kind: 'mapBody', map: () => ({ status: 'maintenance' }) }],
  ['/api/application', { kind: 'emptyBody' }],
  ['/api/tenant', { kind: 'mapBody', map: () => ({ status: 'maintenance' }) }],
  ['/api/tenant', { kind: 'mapBody', map: () => ({}) }],
  ['/api/tenant', { kind: 'emptyBody' }],
] as const)('an answer in place of the list at %s is no word that limits are lifted (%j)', async (path, fault) => {
  const { alice, both } = await startWithBoth();
  const { faults, calls } = service.emulator;
  faults.add({ path, fault });
  const before = calls.count({ method: 'GET', path });
  while (calls.count({ method: 'GET', path }) === before) expect(await rulesFor(service, alice.id)).toEqual(both);
  for (let looks = 0; looks < 3; looks++) expect(await rulesFor(service, alice.id)).toEqual(both);
  expect((await enforcePolicy(service, alice.id)).revokedSessions).toEqual([]);
  expect(alice.liveIds()).toHaveLength(3);
});

it('sessions of an application whose policy could not be used from the start do not end under that of the tenant', async () => {
  await start();
  service.shop.data = { sessionPolicy: document([{ name: 'shop', allow: 'five' }]) };
  keepWithTenant(service, document([{ name: 'rest', allow: 1 }]));
  const alice = service.user({ sessions: 3 });
  for (let count = 0; count < 2; count++) alice.addSession({ applicationId: service.console.id });
  await expect.poll(() => rulesFor(service, alice.id)).toEqual(['rest']);
  const { revokedSessions } = await enforcePolicy(service, alice.id);
  expect(revokedSessions).toMatchObject([{ applicationId: service.console.id }]);
  service.shop.data = { sessionPolicy: document([{ name: 'shop', allow: 2 }]) };
  await expect.poll(() => rulesFor(service, alice.id)).toEqual([`shop@${service.shop.id}`, 'rest']);
  expect((await enforcePolicy(service, alice.id)).revokedSessions).toHaveLength(1);
});

it('nothing ends while the policy of the tenant, with its exemptions, could not be used from the start', async () => {
  await start();
  const bot = service.user({ sessions: 3 });
  const exempt = { users: [bot.id] };
  keepWithTenant(service, document([{ name: 'rest', allow: 'many' }], { exempt }));
  service.shop.data = { sessionPolicy: document([{ name: 'shop', allow: 1 }]) };
  await expect.poll(() => rulesFor(service, bot.id)).toEqual([`shop@${service.shop.id}`]);
  expect((await enforcePolicy(service, bot.id)).revokedSessions).toEqual([]);
  keepWithTenant(service, document([{ name: 'rest', allow: 9 }], { exempt }));
  await expect.poll(() => rulesFor(service, bot.id)).toEqual([]);
  expect(bot.liveIds()).toHaveLength(3);
});

it('of several tenants that of the user holds, with its exemptions, also where nobody names it', async () => {
  await start();
  service.emulator.store.addTenant({ name: 'Globex' });
  const bot = service.user({ sessions: 3 });
  const alice = service.user({ sessions: 3 });
  service.shop.data = { sessionPolicy: document([{ name: 'shop', allow: 2 }]) };
  keepWithTenant(service, document([{ name: 'rest', allow: 1 }], { exempt: { users: [bot.id] } }));
  for (let count = 0; count < 2; count++) alice.addSession({ applicationId: service.console.id });
  await expect.poll(() => rulesFor(service, alice.id)).toEqual([`shop@${service.shop.id}`, 'rest']);
  await enforcePolicy(service, alice.id);
  expect(alice.liveIds()).toHaveLength(3);
  expect(await rulesFor(service, bot.id)).toEqual([]);
  expect((await enforcePolicy(service, bot.id)).revokedSessions).toEqual([]);
});
