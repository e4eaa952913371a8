import { expect } from 'vitest';
import { sendEventsTo } from '../../../src/emulator/send-events.js';
import { tableAsRead } from '../support/as-read.js';
import { expectAccessible, type World } from '../support/world.js';

const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';

/** What happens to everybody, with the device; what comes while it is paused waits, and the mark says so. */
export async function showsWhatHappens({ service, signedIn }: World): Promise<void> {
  await service.emulator.keys.jwks();
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole' });
  const [lost, other] = ['Lost phone', 'Desk'].map((name) => user.addSession({ device: { name, type: 'MOBILE' } }));
  await service.data(revoke, { id: lost?.id });
  const page = await signedIn();
  await page.goto(`${service.consoleUrl}/#/activity`);
  // It begins with what happened before.
  await page.getByRole('row', { name: /Ended.*Pat Poole.*Acme Shop.*Lost phone.*test-.* \(service\)/ }).waitFor();
  const [table, heads] = await tableAsRead(page);
  expect(table).toBe('table: Latest events, the newest first');
  expect(heads).toBe(
    ['Time', 'What', 'User', 'Application', 'Device', 'By', 'Reason']
      .map((name) => `columnheader: ${name}`)
      .join(' | '),
  );

  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  await expectAccessible(page);
  await service.data(revoke, { id: other?.id });
  await page.getByRole('button', { name: 'Go on, 1 waiting' }).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(1);
  await page.getByRole('button', { name: 'Go on, 1 waiting' }).click();
  await page.getByRole('row', { name: /Ended.*Pat Poole.*Desk/ }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();

  // Of a sign-in FusionAuth says the type of the device.
  sendEventsTo(service.emulator, `${service.url}/webhooks/fusionauth`);
  await user.login();
  await page.getByRole('row', { name: /Signed in.*Pat Poole/ }).waitFor();
  await page.getByLabel('Show').selectOption('Signed in');
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
}
