import { expect } from 'vitest';
import { expectAccessible, goToUser, type World, whatIsSaid } from '../support/world.js';

/** 1,200 sessions, of which FusionAuth lists 1,000: they end while their person looks at something else. */
export async function endsAThousandInTheBackground(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1_200 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.getByText('50 of 1,000').first().waitFor();
  await page.getByText(/^FusionAuth lists the newest 1,000 sessions of a user/).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('100 of 1,000').first().waitFor();

  await page.getByRole('button', { name: 'End all 1,000' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('End 1,000 sessions of Pat Poole?').waitFor();
  await dialog.getByRole('listitem').first().waitFor();
  const confirm = dialog.getByRole('button', { name: 'End 1,000 sessions' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type 1000 to confirm').fill('1000');
  await confirm.click();
  const said = await whatIsSaid(page);
  await page.getByRole('dialog', { name: 'Ending sessions of Pat Poole' }).waitFor();
  await page.getByText(/^[1-9]\d* of 1,000 ended$/).waitFor();
  await page.getByRole('button', { name: 'Go on in the background' }).click();
  await page.goto(`${service.consoleUrl}/#/set-up`);
  await page.getByRole('heading', { name: 'Set-up' }).waitFor();
  await page.getByRole('region', { name: 'Endings under way' }).getByText('1,000 sessions ended').waitFor();
  expect(user.liveIds()).toHaveLength(200);
  // A screen reader says how far it is now and then, and not each of a thousand endings.
  await expect.poll(said).toContain('Sessions of Pat Poole: 1,000 sessions ended');
  expect((await said()).length).toBeLessThan(12);

  // Those that no list showed are next.
  await goToUser(page, world, user);
  await page.getByRole('button', { name: 'End all 200' }).waitFor();
}

/** What failed is named, and can be tried again. */
export async function retriesWhatFailed(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 3 });
  const [stubborn] = user.sessions;
  const page = await signedIn();
  await goToUser(page, world, user);
  const fault = { kind: 'status', status: 500 } as const;
  const rule = service.emulator.faults.add({ method: 'DELETE', path: `/api/jwt/refresh/${stubborn?.id}`, fault });
  await page.getByRole('button', { name: 'End all 3' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'End 3 sessions' }).click();
  await dialog.getByText('2 sessions ended').waitFor();
  await dialog.getByText('1 session could not be ended').waitFor();
  await expectAccessible(page);
  rule.remove();
  await dialog.getByRole('button', { name: 'Try 1 session again' }).click();
  await dialog.getByText('The session has ended').waitFor();
  expect(user.liveIds()).toEqual([]);
}
