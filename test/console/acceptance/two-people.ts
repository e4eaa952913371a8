import { expect } from 'vitest';
import { goToUser, sasha, signIn, type World } from '../support/world.js';

/** In another tab of the same browser somebody else signs in. What the first tab shows still names its own person. */
export async function actsForItsPersonAlone(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByRole('link', { name: 'History' }).last().click();
  await page.getByText('No session was ended').waitFor();

  const other = await page.context().newPage();
  await other.goto(`${service.consoleUrl}/`);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await signIn(other, sasha);
  await other.getByText('Sasha Stone').waitFor();

  await page.getByRole('link', { name: 'Sessions' }).click();
  const signedOut = page.getByText(/^You are signed out/);
  await signedOut.or(page.getByRole('table')).waitFor();
  expect(await page.getByText('Lee Lang').count()).toBe(0);
  expect(await signedOut.count()).toBe(1);
  expect(user.liveIds()).toHaveLength(1);

  await other.reload();
  await other.getByText('Sasha Stone').waitFor();
}
