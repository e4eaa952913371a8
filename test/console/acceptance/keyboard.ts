import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { tableAsRead } from '../support/as-read.js';
import type { World } from '../support/world.js';

/** What the control that has the focus is called. */
export const focused = (page: Page) =>
  page.evaluate<string>('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent');

/** The first page puts the focus into its search field once it is drawn: keys that come earlier go elsewhere. */
const ready = (page: Page) => expect.poll(() => page.evaluate('document.activeElement.type')).toBe('search');

/** No pointer from here on: finds a user, selects two sessions, ends them, and is back in the table. */
export async function worksByKeyboardAlone({ service, signedIn }: World): Promise<void> {
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole' });
  for (const [index, name] of ['One', 'Two', 'Three'].entries()) {
    user.addSession({ device: { name }, insertInstant: service.emulator.clock.now() - (index + 1) * 600_000 });
  }
  const page = await signedIn();
  await ready(page);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  // The field of the first page takes letters as letters.
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('ga');
  await page.keyboard.press('Tab');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  // A new page is read from its beginning.
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  await page.keyboard.press('/');
  await page.keyboard.type('pat@example');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Pat Poole' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Pat Poole' }).waitFor();
  await page.getByRole('row', { name: /One/ }).waitFor();
  const row = (name: string, ago: string) => {
    const expires = String.raw`in \d\d days \d+ \w+, \d\d:\d\d`;
    const cells = [
      String.raw`cell: \[checkbox Select ${name.split(' ')[0]}, Acme Shop\] \| rowheader: ${name} \| cell: Acme Shop`,
      String.raw`cell: – \| cell: ${ago} minutes ago .*\d\d:\d\d \| cell: – \| cell: ${expires}`,
      String.raw`cell: \[button End ${name.split(' ')[0]}, Acme Shop\]`,
    ];
    return expect.stringMatching(new RegExp(`^${cells.join(String.raw` \| `)}$`));
  };
  const [table, heads, ...rows] = await tableAsRead(page);
  expect(table).toBe('table: Sessions of Pat Poole');
  expect(heads?.split(' | ')).toEqual([
    'columnheader: [checkbox Select all 3 shown]',
    ...['Device', 'Application', 'Address'].map((name) => `columnheader: ${name}`),
    ...['Signed in', 'Last used', 'Expires'].map((name) => `columnheader: [button ${name}]`),
    'columnheader: Action',
  ]);
  expect(rows).toEqual([row('One Newest', '10'), row('Two', '20'), row('Three', '30')]);
  expect(await page.locator('[aria-sort]').evaluateAll((all) => all.map((one) => one.textContent))).toEqual([
    'Signed in',
  ]);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await page.getByText('2 selected').waitFor();
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem').first().waitFor();
  await expect.poll(() => focused(page)).toBe('Cancel');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toMatch(/Select (One|Two|Three)|One|Two|Three/);

  await page.keyboard.press('e');
  await dialog.getByRole('button', { name: 'End 2 sessions' }).waitFor();
  await expect.poll(() => page.evaluate('document.querySelector("dialog .danger").disabled')).toBe(false);
  await page.keyboard.press('Tab');
  await expect.poll(() => focused(page)).toBe('End 2 sessions');
  await page.keyboard.press('Enter');
  await dialog.getByText('2 sessions ended').waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate('document.activeElement === document.body')).toBe(false);
  expect(user.liveIds()).toHaveLength(1);
}

/** How long a practised person takes for a key, and for making up their mind, in milliseconds. @see Card, Moran and Newell (1980) */
const keyMs = 280;
const thoughtMs = 1_350;

/** Presses keys as a person does, and says how long a person would have taken. */
function typist(page: Page) {
  let spentMs = 0;
  return {
    get spentMs() {
      return spentMs;
    },
    /** One thought, and the keys that follow from it. A text of several letters is typed. */
    async presses(...keys: readonly string[]): Promise<void> {
      spentMs += thoughtMs;
      for (const key of keys) {
        const isText = key.includes('@');
        spentMs += keyMs * (isText ? key.length : 1);
        await (isText ? page.keyboard.type(key) : page.keyboard.press(key));
      }
    },
  };
}

/** The two tasks of the support desk, with nothing but an e-mail address and a keyboard, within their times. */
export async function isQuickByKeyboard({ service, signedIn }: World): Promise<void> {
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole' });
  service.user({ email: 'patricia@example.com', fullName: 'Patricia Stone', sessions: 1 });
  for (const name of ['Desk', 'Tablet', 'Lost phone']) user.addSession({ device: { name } });
  const first = await signedIn();
  await ready(first);
  const one = typist(first);
  await one.presses('pat@example.com', 'Enter');
  await first.getByRole('heading', { name: 'Pat Poole' }).waitFor();
  const rows = first.locator('tbody tr');
  await rows.nth(2).waitFor();
  const place = (await rows.allTextContents()).findIndex((text) => text.includes('Lost phone'));
  await one.presses(...Array.from({ length: place + 1 }, () => 'ArrowDown'), 'e');
  const dialog = first.getByRole('dialog');
  await dialog.getByText('Lost phone, Acme Shop').waitFor();
  await expect.poll(() => first.evaluate('document.querySelector("dialog .danger").disabled')).toBe(false);
  await one.presses('Tab', 'Enter');
  await dialog.getByText('The session has ended').waitFor();
  expect(one.spentMs).toBeLessThan(30_000);
  expect(user.liveIds()).toHaveLength(2);

  // The next day.
  service.emulator.clock.advance(20 * 3_600_000);
  const second = await signedIn();
  await ready(second);
  const other = typist(second);
  await other.presses('Tab', 'g', 'h');
  await second.getByRole('heading', { name: 'History' }).waitFor();
  await other.presses('Tab', 'Tab', 'pat@example.com');
  await second.locator('.hits').getByText('1 user', { exact: true }).waitFor();
  await other.presses('Enter');
  await second.getByRole('button', { name: 'User: Pat Poole. Clear' }).waitFor();
  await second.getByRole('row', { name: /Lee Lang.*Pat Poole.*Lost phone.*Support request/ }).waitFor();
  expect(await second.locator('tbody tr').count()).toBe(1);
  expect(second.url()).toMatch(new RegExp(`#/history\\?user=${user.id}$`));
  expect(other.spentMs).toBeLessThan(20_000);
}

export async function switchesShortcutsOff({ signedIn }: World): Promise<void> {
  const page = await signedIn();
  await ready(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.reload();
  await ready(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(page.url()).not.toContain('activity');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  expect(await dialog.getByRole('checkbox').isChecked()).toBe(false);
}
