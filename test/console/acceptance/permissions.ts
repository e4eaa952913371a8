import { expect } from 'vitest';
import { consoleClientId } from '../../support/console.js';
import { expectAccessible, goToUser, lee, sasha, type World } from '../support/world.js';

/** Support may end single sessions only, and not see who ended others. */
export async function hidesWhatAPersonMayNotDo(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
  const page = await signedIn(sasha);
  await goToUser(page, world, user);
  await page.getByText('You can end sessions one at a time: the permission session:bulk is missing.').waitFor();
  expect(await page.getByRole('checkbox', { name: /^Select/ }).count()).toBe(0);
  expect(await page.getByRole('button', { name: /^End all/ }).count()).toBe(0);
  expect(await page.getByRole('button', { name: /^End Unnamed/ }).count()).toBe(2);
  await page.goto(`${service.consoleUrl}/#/history`);
  await page.getByText('the permission audit:read is missing').waitFor();
  await expectAccessible(page);
}

/** With session:bulk alone, which ends several, a single one ends, too, as the service has it. */
export async function endsSingleOnesInBulk(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page
    .getByRole('button', { name: /^End Unnamed/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem').waitFor();
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await dialog.getByText('The session has ended').waitFor();
  expect(user.liveIds()).toHaveLength(1);
  await page.keyboard.press('Escape');
}

/** Behind a proxy that gives the service a path of its own, and with one click as in the demo. */
export async function worksBelowABasePath({ service, open }: World): Promise<void> {
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const { consoleUrl } = service;
  expect(new URL(consoleUrl).pathname).toBe('/auth/sessions/console');
  const page = await open();
  await page.goto(`${consoleUrl}#/users/${user.id}`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign in as Sasha Stone (support)' }).click();
  // Where the link led in the first place.
  await page.getByRole('heading', { name: 'Pat Poole' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^End Unnamed/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await dialog.getByText('The session has ended').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  expect(page.url()).toBe(`${consoleUrl}/`);
  expect(await page.context().cookies(consoleUrl)).toEqual([]);
}

/** Somebody without any role sees their own sessions, and ends them. */
export async function showsPeopleTheirOwn(world: World): Promise<void> {
  const { service, signedIn } = world;
  const now = service.emulator.clock.now();
  const { store } = service.emulator;
  const { id: userId, email } = store.addUser({
    email: 'kim@example.com',
    fullName: 'Kim Kraft',
    password: 'password',
    registrations: [
      {
        id: consoleClientId,
        applicationId: consoleClientId,
        roles: [],
        verified: true,
        insertInstant: now,
        lastUpdateInstant: now,
      },
    ],
  });
  store.addSession({ userId, applicationId: service.shop.id, device: { name: 'Old phone' } });
  const page = await signedIn(email);
  await page.getByText('you can see your own sessions only').waitFor();
  await page.getByRole('link', { name: 'Show my sessions' }).click();
  await page.getByRole('row', { name: /This is you/ }).waitFor();
  await page.getByRole('button', { name: 'End Old phone, Acme Shop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await dialog.getByText('The session has ended').waitFor();
  expect(store.sessionsOf(userId)).toHaveLength(1);
}

/** Somebody's roles are taken away while they look at what is to end: nothing ends, and the page says so, and shows it. */
export async function saysThatPermissionsAreGone(world: World): Promise<void> {
  const { service, signedIn } = world;
  const { store, clock } = service.emulator;
  const user = service.user({ fullName: 'Pat Poole', email: 'pat@example.com', sessions: 3 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByRole('button', { name: 'End all 3' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem').nth(2).waitFor();
  for (const registration of store.users.findByEmail(store.defaultTenantId, lee)?.registrations ?? []) {
    registration.roles = [];
  }
  // The access token is in its last minute, so another one is fetched.
  clock.advance(3_600_000 - 30_000);
  await dialog.getByRole('button', { name: 'End 3 sessions' }).click();
  await dialog.getByText(/^Nothing has ended: .* you may not end them any more/).waitFor();
  expect(user.liveIds()).toHaveLength(3);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.goto(`${service.consoleUrl}/#/users?q=pat`);
  await page.getByText('you can see your own sessions only').waitFor();
  await page.getByText('Own sessions only', { exact: true }).waitFor();
}

/** Whoever may not even ask who they are, as in a tenant of others, is told so; the page does not ask without end. */
export async function asksOnceWhatIsForbidden({ service, open }: World): Promise<void> {
  const page = await open();
  let asked = 0;
  await page.route('**/graphql', async (route) => {
    asked++;
    const json = { errors: [{ message: 'Not in this tenant.', extensions: { code: 'FORBIDDEN' } }] };
    await route.fulfill({ status: 403, json });
  });
  await page.goto(`${service.consoleUrl}/`);
  await page.getByText('You do not have the permission for this.').waitFor();
  // Time for as many further questions.
  for (let looks = 0; looks < 20; looks++) await page.evaluate('fetch("../health/live").then(() => null)');
  expect(asked).toBeLessThanOrEqual(2);
  await page.unroute('**/graphql');
}
