import type { BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { sendEventsTo } from '../../../src/emulator/send-events.js';
import { expectAccessible, goToUser, type World } from '../support/world.js';

export const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['320 pixels wide', { viewport: { width: 320, height: 640 } }],
  ['in the dark', { colorScheme: 'dark' }],
];

/** Every page and state. */
export async function isAccessible(world: World, look: BrowserContextOptions): Promise<void> {
  const { service, open, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', email: 'pat@example.com', sessions: 12, ssoSessions: 1 });
  // Whoever names people and devices decides on much: these turn words around, are long, or say nothing.
  const [long, odd] = ['a'.repeat(60), 'Evil \u202Egnp.exe'];
  const other = service.user({ fullName: odd, email: `${long}@${'sub.'.repeat(20)}example.com` });
  for (const name of [`${odd} ${long}`, long.repeat(3), long.repeat(4)]) {
    other.addSession({ device: { name, description: long, type: 'MOBILE' } });
  }
  service.user({ fullName: '\u200B', email: 'nameless@example.com' });
  const { consoleUrl } = service;
  const outside = await open(look);
  await outside.goto(`${consoleUrl}/?sign-in=refused&request=abc`);
  await outside.getByText(/^FusionAuth knows you/).waitFor();
  await expectAccessible(outside);

  const page = await signedIn(undefined, look);
  await expectAccessible(page);
  const at = async (hash: string, text: string | RegExp) => {
    await page.goto(`${consoleUrl}/${hash}`);
    await page.getByText(text).first().waitFor();
    await expectAccessible(page);
  };
  await at('#/users?q=example', 'pat@example.com');
  await page.getByRole('link', { name: 'Evil gnp.exe' }).waitFor();
  await page.getByRole('link', { name: 'nameless@example.com' }).waitFor();
  const widthOfRow =
    '[...document.querySelectorAll("td, th")].every((cell) => cell.getBoundingClientRect().right <= innerWidth)';
  expect(await page.evaluate(widthOfRow)).toBe(true);
  await at(`#/users/${other.id}`, /^Evil gnp\.exe a/);
  // Of four long names, too, not all fit.
  await page.getByRole('button', { name: /^End all/ }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await at('#/users?q=nobody-at-all', 'Nobody matches');
  await at('#/set-up', 'Reachable, and its API key works');
  await at('#/activity', 'Nothing has happened yet');
  await at('#/nowhere', 'There is no such page');
  await at(`#/users/${user.id}/sign-ins`, 'No sign-ins on record');
  await page.goto(`${consoleUrl}/#/set-up`);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await goToUser(page, world, user);
  await expectAccessible(page);
  await page
    .getByRole('checkbox', { name: /^Select Unnamed/ })
    .first()
    .check();
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await page.getByRole('button', { name: /^End all/ }).click();
  await page.getByLabel(/to confirm$/).fill('13');
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'End 13 sessions' }).click();
  await page.getByText('13 sessions ended').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page
    .getByText(/^Ended \d\d:\d\d by Lee Lang/)
    .first()
    .waitFor();
  await expectAccessible(page);
  await at('#/history', /^Kept since/);
  await at(`#/users/${user.id}/history`, /^Kept since/);
}

/** New sessions appear by themselves, but not while somebody works in the table. */
export async function showsNewSessions(world: World): Promise<void> {
  const { service, signedIn } = world;
  sendEventsTo(service.emulator, `${service.url}/webhooks/fusionauth`);
  await service.emulator.keys.jwks();
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Pat Poole' }).hover();
  await user.login();
  await page.locator('tbody tr').nth(1).waitFor();
  await page
    .getByRole('checkbox', { name: /^Select Unnamed/ })
    .first()
    .focus();
  await user.login();
  await page.getByRole('button', { name: '1 new session. Show' }).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(2);
  await page.getByRole('button', { name: '1 new session. Show' }).click();
  await page.locator('tbody tr').nth(2).waitFor();
}

/** Where people choose the colours, the page and the tab that they are at still look unlike the others. */
export async function tellsWhereOneIsInForcedColours(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn(undefined, { forcedColors: 'active' });
  await goToUser(page, world, user);
  for (const [navigation, property] of [
    ['.pages', 'backgroundColor'],
    ['.tabs', 'borderBottomColor'],
  ] as const) {
    const [ground, current, ...others] = await page.evaluate<readonly string[]>(
      `[getComputedStyle(document.documentElement).backgroundColor, ...[...document.querySelectorAll('${navigation} a')].map((link) => getComputedStyle(link).${property})]`,
    );
    expect(others.length).toBeGreaterThan(1);
    expect([navigation, new Set(others).size]).toEqual([navigation, 1]);
    expect([ground, ...others]).not.toContain(current);
  }
}

/** Somebody has told their browser that text is to be twice as large. */
export async function growsWithTheTextOfTheBrowser(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', email: 'pat@example.com', sessions: 12, ssoSessions: 1 });
  await service.query('mutation ($id: ID!) { revokeSession(sessionId: $id, comment: "Ticket 12") { outcome } }', {
    id: user.sessions[0]?.id,
  });
  const page = await signedIn();
  const heightOfText = () => page.evaluate<number>('parseFloat(getComputedStyle(document.body).fontSize)');
  const usual = await heightOfText();
  const browser = await page.context().newCDPSession(page);
  await browser.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
  await goToUser(page, world, user);
  await page.getByRole('button', { name: 'End all 12' }).waitFor();
  expect(await heightOfText()).toBe(2 * usual);
  await expectAccessible(page);
  for (const [hash, text] of [
    ['#/users?q=pat', 'pat@example.com'],
    ['#/history', 'Ticket 12'],
    ['#/set-up', 'Reachable, and its API key works'],
  ] as const) {
    await page.goto(`${service.consoleUrl}/${hash}`);
    await page.getByText(text).first().waitFor();
    await expectAccessible(page);
  }
}

/** Firefox 115 and Safari 17.3, which machines that get no newer ones still have, lack what was new in 2024. */
export async function worksInOlderBrowsers(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await page.addInitScript(`
    delete AbortSignal.any;
    for (const name of ['withResolvers', 'try']) delete Promise[name];
    for (const name of ['groupBy']) delete Object[name];
    for (const name of ['union', 'intersection', 'difference', 'isSubsetOf']) delete Set.prototype[name];
    delete globalThis.Iterator;
  `);
  await page.reload();
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
}

/** Scripts of the page, or of an extension of the browser, have nothing to steal. */
export async function keepsTheCookieFromScripts(world: World): Promise<void> {
  const { service, signedIn } = world;
  const page = await signedIn();
  const cookies = (await page.context().cookies()).filter(({ name }) => name.includes('console'));
  expect(cookies.filter(({ httpOnly, sameSite }) => !httpOnly || sameSite === 'None')).toEqual([]);
  expect(cookies.length).toBeGreaterThan(0);
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toMatch(/ey[\w-]+\./);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  const answer = await page.context().request.post(`${service.url}/graphql`, {
    headers: { 'x-fusionauth-sessions-console': '1' },
    data: { query: '{ viewer { kind } }' },
  });
  expect(answer.status()).toBe(401);
}

/** Nothing moves for people whom movement makes ill. */
export async function standsStillIfAsked(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
  const page = await signedIn(undefined, { reducedMotion: 'reduce' });
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
  // A row that ends fades for everybody else.
  await service.query('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
    id: user.sessions[0]?.id,
  });
  await page.getByText(/^Ended \d\d:\d\d by/).waitFor();
  const moving = await page.evaluate<readonly string[]>(
    `[...document.styleSheets].length > 0 && [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return !/^0s(, 0s)*$/.test(transitionDuration) || animationName !== 'none';
      })
      .map(({ tagName }) => tagName)`,
  );
  expect(moving).toEqual([]);
}
