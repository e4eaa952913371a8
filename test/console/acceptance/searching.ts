import type { Route } from 'playwright-core';
import { expect } from 'vitest';
import type { World } from '../support/world.js';

/** As where FusionAuth is away, but at once: the service itself tries again for seconds. */
const away = { errors: [{ message: 'FusionAuth is away.', extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] };

/** Too long to be looked up, which the service says by itself. */
const tooLong = 'x'.repeat(300);

/** What was found before is no answer: neither to a search that fails, nor to another id whose answer is on its way. */
export async function opensNobodyElse({ service, signedIn }: World): Promise<void> {
  const pat = service.user({ fullName: 'Pat Poole', email: 'pat@example.com', sessions: 1 });
  const ann = service.user({ fullName: 'Ann Other', email: 'ann@example.com', sessions: 1 });
  const page = await signedIn();
  const fail = () =>
    page.route('**/graphql', (route) =>
      route.request().postData()?.includes(tooLong) === true ? route.continue() : route.fulfill({ json: away }),
    );
  const field = page.getByRole('searchbox');
  const firstIdOf = ({ sessions: [session] }: typeof pat) => session?.id ?? '';
  for (const [before, after, found] of [
    [pat.email, ann.email, page.getByRole('link', { name: 'Pat Poole' })],
    [firstIdOf(pat), firstIdOf(ann), page.getByText('A live session of Pat Poole')],
    [pat.email, tooLong, page.getByRole('link', { name: 'Pat Poole' })],
  ] as const) {
    await field.fill(before);
    await found.waitFor();
    await fail();
    await field.fill(after);
    await found.waitFor({ state: 'detached' });
    await page.getByRole('alert').or(page.getByText('Type less: an e-mail address')).first().waitFor();
    expect(await page.locator('#find-hint').textContent()).not.toMatch(/^1 user|^One session/);
    await field.press('Enter');
    await page.unroute('**/graphql');
    expect(page.url()).not.toContain(pat.id);
  }

  // An answer that takes its time.
  await field.fill(firstIdOf(pat));
  await page.getByText('A live session of Pat Poole').waitFor();
  const held: Route[] = [];
  await page.route('**/graphql', (route) => void held.push(route));
  await field.fill(firstIdOf(ann));
  await page.locator('#find-hint').getByText('Loading…').waitFor();
  await page.waitForFunction((id) => location.hash.endsWith(id), firstIdOf(ann));
  expect(await page.getByText('A live session of Pat Poole').count()).toBe(0);
  await field.press('Enter');
  await expect.poll(() => held.length).toBeGreaterThan(0);
  for (const route of held) await route.continue();
  await page.unroute('**/graphql');
  await page.getByRole('heading', { name: 'Ann Other' }).waitFor();

  // A filter by person chooses as little.
  await page.goto(`${service.consoleUrl}/#/history`);
  const person = page.getByLabel('User', { exact: true });
  await person.fill(pat.email);
  await page.locator('.hits').getByText('1 user', { exact: true }).waitFor();
  // Enter ends the composition of a character of Chinese, Japanese or Korean first.
  await page.evaluate(`document.activeElement.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }),
  )`);
  expect(await person.inputValue()).toBe(pat.email);
  await fail();
  await person.fill(ann.email);
  await page.locator('.hits').getByText('Users cannot be searched at the moment.').waitFor();
  await person.press('Enter');
  await page.unroute('**/graphql');
  expect(page.url()).toMatch(/#\/history$/);
}

/** A token is a secret, which somebody pastes in place of an id: it goes nowhere, and its session is found all the same. */
export async function keepsTokensToItself({ service, signedIn }: World): Promise<void> {
  const user = service.user({ fullName: 'Pat Poole', email: 'pat@example.com' });
  const { token } = await user.login();
  const page = await signedIn();
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData()}`));
  const field = page.getByRole('searchbox');
  await field.fill(`Bearer ${token}`);
  await page.getByText('A live session of Pat Poole').waitFor();
  expect(await field.inputValue()).toBe(user.liveIds()[0]);
  await field.fill(token.slice(0, token.indexOf('.') + 9));
  await page.getByText('This is a token, and a secret: nothing is looked up.').first().waitFor();
  await field.press('Enter');
  await page.goto(`${service.consoleUrl}/#/activity`);
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  // One that names no session leads nowhere, and whoever pasted it is told why.
  await field.fill(token.slice(0, token.indexOf('.') + 9));
  await field.press('Enter');
  const message = () => page.evaluate<string>('document.querySelector("[data-search]").validationMessage');
  expect(await message()).toContain('This is a token, and a secret: nothing is looked up.');
  expect(page.url()).toMatch(/#\/activity$/);
  await field.fill(token);
  expect(await message()).toBe('');
  await field.press('Enter');
  await page.getByText('A live session of Pat Poole').waitFor();
  await page.goto(`${service.consoleUrl}/#/history`);
  for (const label of ['User', 'Ended by']) {
    await page.getByLabel(label, { exact: true }).fill(token.slice(0, token.indexOf('.') + 9));
    await page.locator('.hits').getByText('This is a token, and a secret: nothing is looked up.').waitFor();
    expect(await page.locator('.hits').getByRole('button').count()).toBe(0);
    await page.getByLabel(label, { exact: true }).fill('');
  }
  const visited = await page.evaluate<string>('location.href');
  expect([visited, ...sent].filter((text) => text.includes(token.slice(0, 30)))).toEqual([]);
}

/** Somebody who signs in with a phone number has no other name. */
export async function callsUsersByTheirNumber(world: World): Promise<void> {
  const { service, signedIn } = world;
  const { store } = service.emulator;
  const { id } = store.addUser({ phoneNumber: '+491701234567', verified: false });
  const session = store.addSession({ userId: id, applicationId: service.shop.id, device: { name: 'Old phone' } });
  const page = await signedIn();
  await page.getByRole('searchbox').fill(session.id);
  await page.getByText('A live session of +491701234567').click();
  await page.getByRole('heading', { name: '+491701234567' }).waitFor();
  // What has no address is not unverified.
  expect(await page.getByText(/^E-mail/).count()).toBe(0);
  await page.getByRole('button', { name: 'End Old phone, Acme Shop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('End 1 session of +491701234567?').waitFor();
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await dialog.getByText('The session has ended').waitFor();
  await page.goto(`${service.consoleUrl}/#/history`);
  await page.getByRole('row', { name: /Lee Lang.*\+491701234567/ }).waitFor();
  await page.goto(`${service.consoleUrl}/#/users?q=${id}`);
  await page.getByRole('link', { name: '+491701234567' }).waitFor();
}
