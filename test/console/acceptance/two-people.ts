import { expect } from 'vitest';
import { ConsolePerson } from '../../support/console.js';
import { holdCalls } from '../../support/hold-calls.js';
import { goToUser, sasha, signIn, type World } from '../support/world.js';

/** In another tab of the same browser somebody else signs in. What the first tab shows still names its own person. */
export async function actsForItsPersonAlone(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByRole('link', { name: 'History' }).last().click();
  await page.getByText('No session was ended').waitFor();

  // By the cookie alone, of which the first tab has not heard.
  const other = await signedIn(sasha);
  await page.context().addCookies(await other.context().cookies());

  await page.getByRole('link', { name: 'Sessions' }).click();
  const signedOut = page.getByText(/^You are signed out/);
  await signedOut.or(page.getByRole('table')).waitFor();
  expect(await page.getByText('Lee Lang').count()).toBe(0);
  expect(await signedOut.count()).toBe(1);
  expect(user.liveIds()).toHaveLength(1);

  await other.reload();
  await other.getByText('Sasha Stone').waitFor();
}

/** What somebody saw is gone once they sign out in another tab, or their sign-in has ended by itself. */
export async function hidesWhatASignedOutPersonSaw(world: World): Promise<void> {
  const { service, signedIn } = world;
  service.user({ fullName: 'Pat Poole', email: 'pat@example.com' });
  const page = await signedIn();
  await page.clock.install();
  await page.goto(`${service.consoleUrl}/#/users?q=pat`);
  await page.reload();
  await page.getByRole('link', { name: 'Pat Poole' }).waitFor();
  const cookies = await page.context().cookies();
  const isHidden = async () => {
    await page.getByText(/^You are signed out/).waitFor();
    expect(await page.getByText('Pat Poole').count()).toBe(0);
  };

  // As far as the browser knows, nothing happens here.
  await page.context().clearCookies();
  await page.clock.fastForward('05:01');
  await isHidden();

  await page.context().addCookies(cookies);
  await page.reload();
  await page.getByRole('link', { name: 'Pat Poole' }).waitFor();
  const second = await page.context().newPage();
  await second.goto(`${service.consoleUrl}/`);
  await second.getByRole('button', { name: 'Sign out' }).click();
  await isHidden();
}

/** Also on a page that may not follow events, and so does not learn it by them. */
export async function hidesWhatItMayNotFollow(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn(sasha);
  await page.clock.install();
  await goToUser(page, world, user);
  await page.reload();
  await page.getByText('Not live', { exact: true }).waitFor();
  await page.context().clearCookies();
  await page.clock.fastForward('05:01');
  await page.getByText(/^You are signed out/).waitFor();
}

/** Strangers take all places of sign-ins under way: whoever signs in meanwhile is in once one is free, without doing anything. */
export async function signsInBesideStrangers({ service, open }: World): Promise<void> {
  const held = holdCalls(service.emulator, { path: '/oauth2/token' });
  const strangers = Array.from({ length: 33 }, async () => {
    const { jar } = new ConsolePerson(service);
    const begun = await jar.fetch(`${service.consoleUrl}/login`);
    const { searchParams } = new URL(begun.headers.get('location') ?? '');
    const parameters = new URLSearchParams({ code: 'x', state: searchParams.get('state') ?? '' });
    return jar.fetch(`${service.consoleUrl}/callback?${parameters}`);
  });
  // One of them finds no place.
  expect((await Promise.race(strangers)).status).toBe(503);
  const page = await open();
  await page.goto(`${service.consoleUrl}/`);
  await signIn(page, sasha);
  await page.getByText('Too many people are signing in at this moment.').waitFor();
  held.release();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await Promise.all(strangers);
}
