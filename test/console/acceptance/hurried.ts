import { expect } from 'vitest';
import { goToUser, type World } from '../support/world.js';

/** A browser, or whoever has set it up, keeps pages from copying: what was to be copied is marked, and the page says so. */
export async function marksWhatItCannotCopy(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
  await page.getByRole('button', { name: 'Copy user id' }).click();
  await page.getByText('Not copied, but marked: copy it by keyboard').waitFor();
  expect(await page.evaluate('getSelection().toString()')).toBe(user.id);
}

/** Out of habit somebody clicks twice, where the dialog then has its button: nothing ends that nobody has read. */
export async function asksWhoeverClicksTwice(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 4 });
  const page = await signedIn(undefined, { viewport: { width: 768, height: 900 } });
  await goToUser(page, world, user);
  const dialog = page.getByRole('dialog');
  const end = page.getByRole('button', { name: /^End Unnamed/ }).nth(1);
  await end.click();
  await dialog.getByRole('listitem').waitFor();
  const { x = 0, y = 0 } = (await dialog.getByRole('button', { name: 'End 1 session' }).boundingBox()) ?? {};
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.evaluate(`scrollBy(0, document.querySelectorAll('[data-key=e]')[1].getBoundingClientRect().top - ${y})`);

  await page.mouse.move(x + 10, y + 10);
  const press = async (clickCount: number) => {
    await page.mouse.down({ clickCount });
    await page.mouse.up({ clickCount });
  };
  await press(1);
  const confirm = dialog.getByRole('button', { name: 'End 1 session' });
  await expect.poll(() => confirm.isEnabled()).toBe(true);
  await press(2);
  await press(3);
  expect(await dialog.getByText('End 1 session of Pat Poole?').count()).toBe(1);
  await press(1);
  await dialog.getByText('The session has ended').waitFor();
  expect(user.liveIds()).toHaveLength(3);
}
