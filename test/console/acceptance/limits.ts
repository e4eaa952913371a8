import { expect } from 'vitest';
import { goToUser, type World } from '../support/world.js';

/** Before a rule ends sessions, people see which those are; afterwards, that it was the rule. */
export async function showsTheLimit(world: World): Promise<void> {
  const { service, signedIn } = world;
  const { store } = service.emulator;
  const keep = (mode: 'observe' | 'enforce') => {
    const rules = [{ name: 'phones', counts: { deviceTypes: ['MOBILE'] }, allow: 1 }];
    store.tenantOrThrow(store.defaultTenantId).data = { sessionPolicy: { version: 1, mode, rules } };
    service.emulator.clock.advance(60_000);
  };
  keep('observe');
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  user.addSession({ device: { name: 'Old phone', type: 'MOBILE' } });
  service.emulator.clock.advance(1_000);
  user.addSession({ device: { name: 'New phone', type: 'MOBILE' } });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByText('At most 1 session on mobile by rule phones: 1 too many').waitFor();
  await page
    .getByText('1 session is over the limit of rule phones. The rule only observes, so it ends nothing.')
    .waitFor();
  await page.getByRole('row', { name: /Old phone Over the limit/ }).waitFor();
  expect(await page.getByText('Over the limit', { exact: true }).count()).toBe(1);

  keep('enforce');
  await page.reload();
  await page.getByRole('row', { name: /Old phone Would be ended by the limit/ }).waitFor();
  await service.query('mutation ($id: ID!) { enforcePolicy(userId: $id) { outcome } }', { id: user.id });
  await page.getByText(/^Ended \d\d:\d\d by .* \(service\), over the session limit$/).waitFor();
  await page.goto(`${service.consoleUrl}/#/users/${user.id}/history`);
  await page.getByRole('row', { name: /Over the session limit Rule phones/ }).waitFor();
  await page.goto(`${service.consoleUrl}/#/set-up`);
  await page.getByText('Enforces', { exact: true }).waitFor();
}
