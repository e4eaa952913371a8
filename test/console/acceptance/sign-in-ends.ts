import { expect } from 'vitest';
import { serviceKeyFor } from '../../support/service-keys.js';
import { goToUser, lee, sasha, signIn, type World } from '../support/world.js';

const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
const leeId = 'b0000000-0000-4000-8000-000000000012';

/** The credentials of the page are revoked under it. */
export async function leadsBackAfterSigningInAgain(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
  const [own] = service.emulator.store.sessionsOf(leeId);
  await service.query(revoke, { id: own?.id }, { key: serviceKeyFor(['session:revoke']) });
  await page.getByText(/^You are signed out: nothing happened/).waitFor();
  await signIn(page, lee);
  await page.getByRole('heading', { name: 'Pat Poole' }).waitFor();
}

/** A sign-in ends while a comment is written, and at the moment at which it is sent: its writer need not write it again. */
export async function keepsWhatWasWritten(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByText('Live', { exact: true }).waitFor();
  const dialog = page.getByRole('dialog');
  const comment = dialog.getByLabel('Comment');
  const begin = () => page.getByRole('button', { name: /^End Unnamed/ }).click();
  const kept = () => page.evaluate<string>('JSON.stringify({ ...sessionStorage })');
  await begin();
  await dialog.getByLabel('Reason').selectOption('Suspected compromise');
  await comment.fill('Ticket 4711');
  const [own] = service.emulator.store.sessionsOf(leeId);
  await service.query(revoke, { id: own?.id }, { key: serviceKeyFor(['session:revoke']) });
  await signIn(page, lee);
  await begin();
  expect(await comment.inputValue()).toBe('Ticket 4711');
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('SUSPECTED_COMPROMISE');
  expect(await kept()).not.toContain('4711');

  await dialog.getByRole('listitem').waitFor();
  const refusal = { errors: [{ message: 'Who is calling?', extensions: { code: 'UNAUTHENTICATED' } }] };
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('"dryRun":false') === true
      ? route.fulfill({ status: 401, json: refusal })
      : route.continue(),
  );
  await dialog.getByRole('button', { name: 'End 1 session' }).click();
  await page.getByText(/^You are signed out/).waitFor();
  await page.unroute('**/graphql');
  await page.context().clearCookies();
  expect(await kept()).toContain('4711');
  expect(user.liveIds()).toHaveLength(1);
  // It is for nobody else.
  await signIn(page, sasha);
  await begin();
  expect(await comment.inputValue()).toBe('');
  expect(await kept()).not.toContain('4711');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
}
