import { expect } from 'vitest';
import { goToUser, type World } from '../support/world.js';

/**
 * What a browser that translates pages does with each text that may be translated: it stands in place of the text from then
 * on, and the page's program, which goes on writing into the text that it made, is not seen any more.
 */
const translator = `{
  const translate = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) found.push(texts.currentNode);
    for (const text of found) {
      const { parentElement } = text;
      if (parentElement === null || parentElement.translate === false || parentElement.closest('font') !== null) continue;
      if (text.data.trim() === '') continue;
      const translated = document.createElement('font');
      translated.textContent = text.data;
      text.replaceWith(translated);
    }
  };
  translate();
  new MutationObserver(translate).observe(document.body, { childList: true, subtree: true });
}`;

/** A browser translates pages: the numbers beside "End" are those of what ends, now and after each choice. */
export async function countsRightlyBesideATranslator(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2, ssoSessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  await page.evaluate(translator);
  await page
    .getByRole('button', { name: /^End Unnamed device/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('End 1 session of Pat Poole?').waitFor();
  await dialog.getByLabel('Reason').selectOption('Suspected compromise');
  await dialog.getByText('End 2 sessions of Pat Poole?').waitFor();
  await dialog.getByRole('button', { name: 'End 2 sessions' }).click();
  await dialog.getByText('2 sessions ended').waitFor();
  expect(await dialog.getByText('Ending sessions of Pat Poole').count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.getByText('1 live session in 1 application').waitFor();
}
