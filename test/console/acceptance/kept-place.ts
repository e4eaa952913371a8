import { expect } from 'vitest';
import { goToUser, type World } from '../support/world.js';
import { focused } from './keyboard.js';

/** Controls go away under the hands of whoever uses them; the next key is pressed at the same place. */
export async function keepsThePlaceOfWhoeverWorks(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 120 });
  const page = await signedIn();
  const { faults } = service.emulator;
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
  const rowOfFocus = () =>
    page.evaluate<number>(
      '[...document.querySelectorAll("[data-row]")].findIndex((row) => row.contains(document.activeElement))',
    );
  const press = async (name: string | RegExp) => {
    await page.getByRole('button', { name }).first().focus();
    await page.keyboard.press('Enter');
  };

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await press('Clear selection');
  await expect.poll(rowOfFocus).toBe(0);
  await press('Show more');
  await page.locator('tbody tr').nth(99).waitFor();
  await expect.poll(() => focused(page)).toBe('Show more');
  await page.keyboard.press('Enter');
  await page.locator('tbody tr').nth(119).waitFor();
  await expect.poll(rowOfFocus).toBe(99);

  // Somebody else ends the session of the row.
  for (const [index, role] of ['button', 'checkbox'].entries()) {
    await page
      .locator('tbody tr')
      .nth(index)
      .locator(role === 'button' ? 'button' : 'input')
      .focus();
    await page.keyboard.press('Shift');
    await service.query('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
      id: user.sessions[119 - index]?.id,
    });
    await page.locator('tr.over').nth(index).waitFor();
    await expect.poll(rowOfFocus).toBe(index);
  }

  const rule = faults.add({ path: '*', fault: { kind: 'status', status: 503 } });
  await page.goto(`${service.consoleUrl}/#/users/${user.id}/sign-ins`);
  await page.getByRole('alert').waitFor();
  rule.remove();
  await press('Try again');
  await page.getByText('No sign-ins on record').waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
}

/** Enter is held down a moment too long: the result waits to be read. */
export async function showsTheResultToWhoeverHoldsEnter(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByRole('button', { name: /^End Unnamed/ }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'End 1 session' });
  await dialog.getByRole('listitem').waitFor();
  await confirm.focus();
  await page.keyboard.down('Enter');
  await dialog.getByText('The session has ended').waitFor();
  for (let repeats = 0; repeats < 10; repeats++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  expect(await dialog.getByText('The session has ended').count()).toBe(1);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
}
