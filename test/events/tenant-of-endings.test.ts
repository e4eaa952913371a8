import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { subscribe } from '../support/subscription.js';

it('a guard of one tenant learns what a caller of no tenant ends, also while FusionAuth is slow to name applications', async () => {
  const [acmeId, globexId] = [randomUUID(), randomUUID()];
  const env = {
    SERVICE_KEYS: serviceKeysVariable(
      { name: 'any', key: 'key-of-any' },
      { name: 'acme', key: 'key-of-acme', tenantIds: [acmeId] },
      { name: 'globex', key: 'key-of-globex', tenantIds: [globexId] },
    ),
    // So that each operation reads them anew.
    SETTINGS_MAX_AGE_MS: '1',
  };
  await using service = await startTestService({ env, tenantId: acmeId });
  const { store, faults } = service.emulator;
  store.addTenant({ id: globexId, name: 'Globex' });
  const theirs = store.addApplication({ name: 'Globex Shop', tenantId: globexId });
  const gus = service.user({ tenantId: globexId, applicationIds: [theirs.id] });
  await using ofGlobex = await subscribe(service, 'key-of-globex', { types: ['SESSION_REVOKED'] });
  await using ofAcme = await subscribe(service, 'key-of-acme', { types: ['SESSION_REVOKED'] });
  const revoke = async (sessionId: string) => {
    service.emulator.clock.advance(60_000);
    await service.data(
      'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }',
      { id: sessionId },
      { key: 'key-of-any' },
    );
  };

  const quick = gus.addSession({ applicationId: theirs.id });
  await revoke(quick.id);
  expect(await ofGlobex.nextEvent()).toMatchObject({ sessionId: quick.id });

  const slow = gus.addSession({ applicationId: theirs.id });
  const rule = faults.add({ path: '/api/application', fault: { kind: 'latency', minMs: 300, maxMs: 300 } });
  await revoke(slow.id);
  rule.remove();
  expect(await ofGlobex.nextEvent()).toMatchObject({ sessionId: slow.id });

  // What is of another tenant is not among it.
  const own = service.user().addSession();
  await revoke(own.id);
  expect(await ofAcme.nextEvent()).toMatchObject({ sessionId: own.id });
});
