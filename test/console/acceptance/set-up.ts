import { expect } from 'vitest';
import { expectAccessible, sasha, type World } from '../support/world.js';

/** The worst comes first, with what to do; what is as it should be can be opened. */
export async function saysWhatIsToBeMended(world: World): Promise<void> {
  const { service, signedIn } = world;
  const { applications } = service.emulator.store;
  const lifetime = (seconds: number) => {
    const { shop } = service;
    const jwtConfiguration = { ...shop.jwtConfiguration, enabled: true, timeToLiveInSeconds: seconds };
    applications.set(shop.id, { ...shop, jwtConfiguration });
  };
  lifetime(200_000);
  const page = await signedIn();
  await page.goto(`${service.consoleUrl}/#/set-up`);
  await page.getByText(/^1 problem, /).waitFor();
  const first = await page.getByRole('listitem').filter({ hasText: 'Problem' }).first().textContent();
  expect(first).toContain('Set MAX_ACCESS_TOKEN_LIFETIME_SECONDS to 200000');
  await page.getByText(/things are as they should be$/).click();
  await page.getByText('and takes the key').waitFor();
  await expectAccessible(page);

  lifetime(600);
  service.emulator.clock.advance(31_000);
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByText(/^Nothing to mend/).waitFor();

  const other = await signedIn(sasha);
  await other.goto(`${service.consoleUrl}/#/set-up`);
  await other.getByText('You lack the permission setup:read').waitFor();
  expect(await other.getByRole('button', { name: 'Look again' }).count()).toBe(0);
}
