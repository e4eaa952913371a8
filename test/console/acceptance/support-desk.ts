import { expect } from 'vitest';
import { expectAccessible, goToUser, lee, sasha, type World } from '../support/world.js';

/** Somebody is signed in where they should not be, and support knows their e-mail address. */
export async function endsTheRightSession({ service, signedIn }: World): Promise<void> {
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole', sessions: 1 });
  const lost = user.addSession({ device: { name: 'Lost phone', type: 'MOBILE' } });
  const page = await signedIn();
  await page.getByRole('searchbox').fill('pat@example.com');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Pat Poole' }).waitFor();
  await page.getByRole('button', { name: 'End Lost phone, Acme Shop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Lost phone, Acme Shop').waitFor();
  expect(await dialog.textContent()).toMatch(/cannot be undone.*Access tokens already issued keep working until/s);
  await dialog.getByLabel('Comment').fill('Ticket 4711');
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await dialog.getByText('The session has ended').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByText(/^Ended \d\d:\d\d by Lee Lang, support request$/).waitFor();
  expect(user.liveIds()).toEqual([user.sessions[0]?.id]);
  expect(user.liveIds()).not.toContain(lost.id);
}

/** A user asks who signed them out, and why. */
export async function findsWhoEndedASession({ service, signedIn }: World): Promise<void> {
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole', sessions: 2 });
  const page = await signedIn();
  await goToUser(page, { service }, user);
  await page.getByRole('checkbox', { name: /^Select all/ }).check();
  await page.getByRole('button', { name: 'End 2 sessions' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').selectOption('Suspected compromise');
  await dialog.getByRole('listitem').nth(1).waitFor();
  const confirm = dialog.getByRole('button', { name: 'End 2 sessions' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Comment (required)').fill('=Ticket 4711; @now');
  await confirm.click();
  await dialog.getByText('2 sessions ended').waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'History' }).first().click();
  const rows = page.getByRole('row', { name: /Lee Lang.*Pat Poole.*Suspected compromise.*=Ticket 4711; @now/ });
  await rows.first().waitFor();
  expect(await rows.count()).toBe(2);
  await rows.first().getByRole('button').first().click();
  await page.getByText('The same request also ended 1 session').waitFor();
  await expectAccessible(page);

  // By whom and of whom, by name or e-mail.
  const other = service.user({ email: 'paul@example.com', fullName: 'Paul Pier' });
  const ofUser = page.getByLabel('User', { exact: true });
  await ofUser.fill('pau');
  await page.getByRole('list', { name: 'User: who is meant' }).getByRole('button', { name: 'Paul Pier' }).click();
  await page.getByText('Nothing matches these filters').waitFor();
  expect(page.url()).toMatch(new RegExp(`#/history\\?user=${other.id}$`));
  await page.getByRole('button', { name: 'User: Paul Pier. Clear' }).click();
  await rows.first().waitFor();
  await ofUser.fill('pat@example.com');
  await page.locator('.hits').getByText('1 user', { exact: true }).waitFor();
  await ofUser.press('Enter');
  await page.getByRole('button', { name: 'User: Pat Poole. Clear' }).waitFor();
  await page.getByLabel('Ended by', { exact: true }).fill('lee@');
  await page.getByRole('list', { name: 'Ended by: who is meant' }).getByRole('button', { name: 'Lee Lang' }).click();
  await page.getByRole('button', { name: 'Ended by: Lee Lang. Clear' }).waitFor();
  expect(await rows.count()).toBe(2);
  await page.reload();
  await page.getByRole('button', { name: 'User: Pat Poole. Clear' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  // A service key has no person.
  await page.getByLabel('Ended by', { exact: true }).fill('nightly');
  await page.getByRole('button', { name: 'nightly (service)' }).click();
  await page.getByText('Nothing matches these filters').waitFor();
  expect(page.url()).toMatch(/#\/history\?by=nightly$/);
  await page.getByRole('button', { name: 'Clear filters' }).click();

  await page.getByLabel('Reason').selectOption('Support request');
  await page.getByText('Nothing matches these filters').waitFor();
  expect(page.url()).toMatch(/#\/history\?reason=ADMIN_REQUEST$/);
  await page.reload();
  await page.getByText('Nothing matches these filters').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await rows.first().waitFor();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const stream = await (await saved).createReadStream();
  const csv = (await stream.toArray()).join('');
  expect(csv.split('\r\n')).toHaveLength(4);
  // A spreadsheet does not take it for a formula.
  expect(csv).toContain(`lee@example.com,USER,${user.id},pat@example.com`);
  expect(csv).toContain(`,Suspected compromise,'=Ticket 4711; '@now,`);
}

/** Two people look at the same user. */
export async function toldThatItIsOver({ service, signedIn }: World): Promise<void> {
  const user = service.user({ fullName: 'Pat Poole' });
  user.addSession({ device: { name: 'Lost phone' } });
  const [first, second] = [await signedIn(lee), await signedIn(sasha)];
  for (const page of [first, second]) {
    await goToUser(page, { service }, user);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^End Lost phone/ }).click();
    await page.getByRole('dialog').getByText('Lost phone, Acme Shop').waitFor();
  }
  await first.getByRole('dialog').getByRole('button', { name: 'End 1 session' }).click();
  await first.getByText('The session has ended').waitFor();
  await second.getByText(/^Ended \d\d:\d\d by .*, support request$/).waitFor();
  await second.getByRole('dialog').getByRole('button', { name: 'End 1 session' }).click();
  await second.getByText('1 session had ended already').waitFor();
  expect(await second.getByText('The session has ended').count()).toBe(0);
}
