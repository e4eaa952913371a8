import { expect } from 'vitest';
import { goToUser, type World } from '../support/world.js';

/** On paper: tables, dark on light, and nothing to press. */
export async function printsWhatWasFound(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 3 });
  const page = await signedIn(undefined, { colorScheme: 'dark', viewport: { width: 794, height: 1123 } });
  await goToUser(page, world, user);
  await page.emulateMedia({ media: 'print' });
  const [ground, ...displays] = await page.evaluate<readonly string[]>(
    `[
      getComputedStyle(document.documentElement).backgroundColor,
      ...[...document.querySelectorAll('tbody th, tbody td:not(.select, .action)')].map((cell) => getComputedStyle(cell).display),
    ]`,
  );
  expect(ground).toBe('rgb(245, 246, 248)');
  expect(new Set(displays)).toEqual(new Set(['table-cell']));
  expect(await page.getByRole('button').filter({ visible: true }).allTextContents()).toEqual([
    'Signed in',
    'Last used',
    'Expires',
  ]);
  await page.getByRole('heading', { name: 'Pat Poole' }).waitFor();
  await page.emulateMedia({ media: 'screen' });
}
