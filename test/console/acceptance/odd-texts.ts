import { expect } from 'vitest';
import { goToUser, type World } from '../support/world.js';

/** What turns around or hides what stands beside it. */
const turning = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/;

/** Names, devices and comments are texts of strangers, on every page: none runs, none is markup, none turns words around. */
export async function showsTextsAsTexts(world: World): Promise<void> {
  const { service, open, signedIn } = world;
  const markup = '<img src=x onerror="window.hacked=1"><b>Pat</b>';
  const odd = `${markup}\u202Egnp.exe\u2066`;
  const user = service.user({ fullName: odd, email: 'pat@example.com' });
  for (const name of [odd, '"><script>window.hacked=1</script>', 'javascript:window.hacked=1']) {
    user.addSession({ device: { name, description: odd, type: '<svg onload=window.hacked=1>' } });
  }
  const outside = await open();
  await outside.goto(`${service.consoleUrl}/?sign-in=failed&request=${encodeURIComponent('Call +49 900 12345')}`);
  await outside.getByText(/^The sign-in was not completed/).waitFor();
  expect(await outside.getByText('Call').count()).toBe(0);
  const page = await signedIn();
  const { consoleUrl } = service;
  const check = async (what: string) => {
    const found = await page.evaluate<readonly string[]>(`[
      document.title,
      ...[...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].map(({ value }) => value)),
      document.body.textContent,
    ]`);
    expect([what, found.filter((text) => turning.test(text))]).toEqual([what, []]);
    expect([what, await page.evaluate('window.hacked')]).toEqual([what, undefined]);
    expect([what, await page.locator('main img, main b, main script, dialog img').count()]).toEqual([what, 0]);
  };
  await page.goto(`${consoleUrl}/#/users?q=pat`);
  await page.getByText(markup).first().waitFor();
  await check('found');
  await goToUser(page, world, user);
  expect(await page.title()).toContain(markup);
  await check('user');
  await page.getByRole('button', { name: 'End all 3' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem').nth(2).waitFor();
  await dialog.getByLabel('Comment').fill(odd);
  await check('dialog');
  await dialog.getByRole('button', { name: 'End 3 sessions' }).click();
  await dialog.getByText('3 sessions ended').waitFor();
  await check('result');
  await page.keyboard.press('Escape');
  for (const hash of [
    '#/history',
    `#/users/${user.id}/history`,
    '#/activity',
    `#/history?user=${user.id}&by=${encodeURIComponent(odd)}`,
  ]) {
    await page.goto(`${consoleUrl}/${hash}`);
    await page.getByText(markup).first().waitFor();
    await check(hash);
  }
  // In the address, too.
  await page.goto(`${consoleUrl}/#/users?q=${encodeURIComponent(odd)}`);
  await page
    .getByText(/^Nobody matches|^\d+ users?/)
    .first()
    .waitFor();
  await check('search');
}
