import { expect } from 'vitest';
import { pageAsRead } from '../support/as-read.js';
import { goToUser, type World } from '../support/world.js';

/** What changes from run to run. */
const steady = (lines: readonly string[]) =>
  lines.map((line) =>
    line
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
      .replace(/\b\d\d:\d\d\b/g, '<time>')
      .replace(/\d+ (second|minute)s? ago|Just now/g, '<ago>'),
  );

/** The main page and the main dialog, word for word: whoever changes them sees here what is said then. */
export async function isReadAsMeant(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole' });
  user.addSession({ device: { name: 'Lost phone', type: 'MOBILE' } });
  user.addSession({ device: { name: 'Desk', type: 'DESKTOP' }, applicationId: undefined });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
  expect(steady(await pageAsRead(page))).toEqual(userPage);

  await page.getByRole('button', { name: 'End Lost phone, Acme Shop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Lost phone, Acme Shop').waitFor();
  // A modal dialog hides the page from screen readers, too.
  expect(inOrder(steady(await pageAsRead(page)), endDialog)).toEqual(endDialog);
  expect((await pageAsRead(page)).join('\n')).not.toContain('Filter sessions');
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await dialog.getByText('The session has ended').waitFor();
  expect(inOrder(steady(await pageAsRead(page)), resultDialog)).toEqual(resultDialog);
}

/** Those of the parts that come in this order. */
function inOrder(lines: readonly string[], parts: readonly string[]): readonly string[] {
  let at = 0;
  return parts.filter((part) => {
    const found = lines.findIndex((line, index) => index >= at && line.includes(part));
    if (found !== -1) at = found + 1;
    return found !== -1;
  });
}

const userPage: readonly string[] = [
  'button: Skip to the content',
  'banner',
  '  link: Session console',
  '  navigation: Pages',
  '    link: Users',
  '    link: Activity',
  '    link: History',
  '    link: Set-up',
  '  search',
  '    form',
  '      searchbox: Find a user or a session',
  '  Live',
  '  region: Your account',
  '    Lee Lang',
  '    Can end sessions',
  '    form',
  '      button: Sign out',
  'status live polite',
  'status live polite',
  'main focused',
  '  heading: Pat Poole',
  '  pat@example.com',
  '  Active',
  '  E-mail verified',
  '  paragraph',
  '    2 live sessions in 1 application',
  '  DescriptionList',
  '    term: User id',
  '      User id',
  '    definition',
  '      code',
  '        <id>',
  '      button: Copy user id',
  '      status live polite',
  '    term: Tenant',
  '      Tenant',
  '    definition',
  '      Default',
  '    term: Registered for',
  '      Registered for',
  '    definition',
  '      Acme Shop, Acme Console',
  '    term: Last sign-in',
  '      Last sign-in',
  '    definition',
  '      Never',
  '  navigation: About this user',
  '    link: Sessions',
  '    link: Sign-ins',
  '    link: History',
  '  region: Sessions of Pat Poole',
  '    form: Filter sessions',
  '      Application',
  '      combobox: Application',
  '      Kind',
  '      combobox: Kind',
  '      Device type',
  '      combobox: Device type',
  '      Last used',
  '      combobox: Last used',
  '      checkbox: Include expired',
  '      Include expired',
  '    paragraph',
  '      2 sessions',
  '    button: End all 2',
  '    table: Sessions of Pat Poole',
  'contentinfo',
  '  Times are in UTC.',
  '  button: Keyboard shortcuts',
];

const endDialog: readonly string[] = [
  'dialog: End 1 session of Pat Poole?',
  'heading: End 1 session of Pat Poole?',
  'region: These sessions will end',
  'Lost phone, Acme Shop',
  'combobox: Reason',
  'textbox: Comment',
  'checkbox: Also end the single sign-on session',
  'This cannot be undone.',
  'button: Cancel',
  'button: End 1 session',
];

const resultDialog: readonly string[] = [
  'dialog: Sessions of Pat Poole',
  'status',
  'The session has ended',
  'button: Close',
];

/**
 * Every control can be hit: 24 pixels each way, or as much room around it, and links in a sentence or a line of text.
 * @see https://www.w3.org/TR/WCAG22/#target-size-minimum
 */
export async function hasTargetsOfSize(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole', sessions: 3 });
  const page = await signedIn(undefined, { viewport: { width: 320, height: 640 } });
  const small = () =>
    page.evaluate<
      readonly string[]
    >(`[...document.querySelectorAll('a, button, input, select, summary, [tabindex="0"]')]
      .filter((element) => element.checkVisibility() && !element.closest('.hidden, .skip'))
      .map((element) => [element.closest(element.matches('.row-link') ? 'tr' : 'label') ?? element, element])
      .map(([box, element]) => [box.getBoundingClientRect(), element])
      .filter(([{ width, height }]) => width < 24 || height < 24)
      .map(([{ width, height }, element]) => [Math.round(width), Math.round(height), element.outerHTML.slice(0, 120)].join(' '))`);
  for (const hash of ['#/users?q=pat', '#/activity', '#/history', '#/set-up', `#/users/${user.id}`]) {
    await page.goto(`${service.consoleUrl}/${hash}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (hash.startsWith('#/users')) await page.getByText('Pat Poole').first().waitFor();
    expect([hash, await small()]).toEqual([hash, []]);
  }
  await page.getByRole('button', { name: 'End all 3' }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  expect(await small()).toEqual([]);
}

/** Whatever has the focus can be seen: no bar that stays in its place covers it. */
export async function neverHidesTheFocus(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole', sessions: 14 });
  const page = await signedIn(undefined, { viewport: { width: 800, height: 400 } });
  const covered = () =>
    page.evaluate<string | null>(`(() => {
      const element = document.activeElement;
      if (element === null || element === document.body || element.id === 'main') return null;
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const x = Math.min(Math.max((left + right) / 2, 1), innerWidth - 1);
      // In part is enough for level AA; its middle is more.
      const seen = document.elementFromPoint(x, Math.min(Math.max((top + bottom) / 2, 1), innerHeight - 1));
      const isSeen = seen !== null && (element.contains(seen) || seen.closest('label')?.contains(element));
      return isSeen ? null : element.outerHTML.slice(0, 120);
    })()`);
  await goToUser(page, world, user);
  // The bar has one, two or three lines, by the width.
  for (const width of [320, 800, 1_200]) {
    await page.setViewportSize({ width, height: 400 });
    for (let presses = 0; presses < 48; presses++) {
      await page.keyboard.press(presses < 32 ? 'Tab' : 'Shift+Tab');
      expect([width, presses, await covered()]).toEqual([width, presses, null]);
    }
  }
  await page.setViewportSize({ width: 320, height: 400 });
  await page.getByRole('button', { name: 'End all 14' }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  for (let presses = 0; presses < 10; presses++) {
    await page.keyboard.press(presses < 6 ? 'Tab' : 'Shift+Tab');
    expect([presses, await covered()]).toEqual([presses, null]);
  }
}

/** Help is at the same place on each page, and whatever can be typed can be pasted. */
export async function helpsAlike(world: World): Promise<void> {
  const { service, signedIn } = world;
  const page = await signedIn();
  for (const hash of ['#/users', '#/activity', '#/history', '#/set-up', '#/nowhere']) {
    await page.goto(`${service.consoleUrl}/${hash}`);
    await page.getByRole('contentinfo').getByRole('button', { name: 'Keyboard shortcuts' }).waitFor();
  }
  await page.goto(`${service.consoleUrl}/#/history`);
  await page.getByLabel('From').waitFor();
  const taken = await page.evaluate<readonly boolean[]>(`[...document.querySelectorAll('input')].map((field) =>
    field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true })),
  )`);
  expect(taken.length).toBeGreaterThan(4);
  expect(taken).not.toContain(false);
}
