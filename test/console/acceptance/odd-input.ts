import type { Route } from 'playwright-core';
import { expect } from 'vitest';
import { goToUser, lee, type World } from '../support/world.js';

/** Somebody pastes more than anyone is called, and looks for endings until a day that never comes. */
export async function bearsOddInput({ service, signedIn }: World): Promise<void> {
  const user = service.user({ email: 'pat@example.com', fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  for (const text of ['word '.repeat(17), 'x'.repeat(300)]) {
    await page.getByRole('searchbox').fill(text);
    await page.getByText('Type less: an e-mail address, or a few words of a name.').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  }

  await service.query('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
    id: user.sessions[0]?.id,
  });
  for (const filters of ['until=9999-12-31', 'until=275760-09-12', 'since=0001-01-01']) {
    await page.goto(`${service.consoleUrl}/#/history?${filters}`);
    await page.getByRole('row', { name: /Pat Poole/ }).waitFor();
  }
  await page.goto(`${service.consoleUrl}/#/history?since=9999-12-31`);
  await page.getByText('Nothing matches these filters').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
}

/** What ends anyway is not offered besides. */
export async function offersToEndSsoWhereItStays(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2, ssoSessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  const dialog = page.getByRole('dialog');
  const box = dialog.getByRole('checkbox', { name: 'Also end the single sign-on session' });
  await page.getByRole('button', { name: 'End all 3' }).click();
  await dialog.getByRole('listitem').nth(2).waitFor();
  expect(await box.count()).toBe(0);
  await dialog.getByLabel('Reason').selectOption('Suspected compromise');
  await dialog.getByRole('listitem').nth(2).waitFor();
  expect(await box.count()).toBe(0);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page
    .getByRole('button', { name: /^End Unnamed device/ })
    .first()
    .click();
  await dialog.getByRole('listitem').waitFor();
  expect(await box.isChecked()).toBe(false);
  await dialog.getByLabel('Reason').selectOption('Suspected compromise');
  expect(await box.isChecked()).toBe(true);
  await dialog.getByRole('button', { name: 'End 2 sessions' }).click();
  await dialog.getByText('2 sessions ended').waitFor();
  expect(user.liveIds()).toHaveLength(1);

  await page.keyboard.press('Escape');
  await goToUser(page, world, service.user({ fullName: 'Quinn Quill', sessions: 2 }));
  await page
    .getByRole('button', { name: /^End Unnamed device/ })
    .first()
    .click();
  await dialog.getByRole('listitem').waitFor();
  await box.waitFor({ state: 'detached' });
}

/** A link that somebody typed, or that was cut off, must not pass for a list of what it asks for. */
export async function namesFiltersThatItIgnores({ service, signedIn }: World): Promise<void> {
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  await service.query('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
    id: user.sessions[0]?.id,
  });
  const page = await signedIn();
  const ignored = page.getByRole('alert').filter({ hasText: 'the list is not narrowed' });
  for (const part of ['since=yesterday', 'until=2026-02-30', 'since=2026', 'reason=HACKED', 'userId=pat']) {
    await page.goto(`${service.consoleUrl}/#/history?user=${user.id}&${part}`);
    await ignored.getByText(part).waitFor();
    await page.getByRole('row', { name: /Pat Poole/ }).waitFor();
  }
  await page.goto(`${service.consoleUrl}/#/history?user=${user.id.slice(0, 20)}`);
  await ignored.getByText(`user=${user.id.slice(0, 20)}`).waitFor();
  await page.getByRole('row', { name: /Pat Poole/ }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await ignored.waitFor({ state: 'detached' });
  await page.goto(`${service.consoleUrl}/#/history?user=${user.id}&since=2026-02-28&until=&reason=OTHER`);
  await page.getByText('Nothing matches these filters').waitFor();
  expect(await ignored.count()).toBe(0);
}

/** The clock of a browser is hours behind or ahead: what is shown is what ends, and times are those of the service. */
export async function goesByTheTimeOfTheService(world: World): Promise<void> {
  const { service, signedIn } = world;
  for (const hours of [-3, 5]) {
    const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
    // It would be over by a clock that is hours ahead.
    const expiresIn = 4 * 3_600_000;
    service.emulator.store.tenantOrThrow(service.emulator.store.defaultTenantId).httpSessionMaxInactiveInterval =
      expiresIn / 1_000;
    user.addSession({ applicationId: undefined });
    const page = await signedIn();
    await page.addInitScript(`{
      const Real = Date;
      const now = () => Real.now() + ${hours * 3_600_000};
      globalThis.Date = class extends Real {
        constructor(...given) {
          super(...(given.length === 0 ? [now()] : given));
        }
        static now() {
          return now();
        }
      };
    }`);
    await page.reload();
    await goToUser(page, world, user);
    await page.getByRole('row', { name: /Just now.*in [34] hours/ }).waitFor();
    expect(await page.getByText('Expired', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'End all 3' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('listitem').nth(2).waitFor();
    await dialog.getByRole('button', { name: 'End 3 sessions' }).click();
    await dialog.getByText('3 sessions ended').waitFor();
    expect(user.liveIds()).toEqual([]);
  }
}

/** In Chile, clocks go forward at midnight: a Sunday of September begins at one. */
export async function endsDaysAtMidnight({ service, signedIn }: World): Promise<void> {
  const page = await signedIn(lee, { timezoneId: 'America/Santiago' });
  const asked = page.waitForRequest((request) => request.postData()?.includes('"since"') === true);
  await page.goto(`${service.consoleUrl}/#/history?since=2026-09-06&until=2026-09-06`);
  expect((await asked).postDataJSON()).toMatchObject({
    variables: { filter: { since: '2026-09-06T04:00:00.000Z', until: '2026-09-07T03:00:00.000Z' } },
  });
}

/** On a slow line somebody selects a row that the filter, chosen a moment ago, then takes away. */
export async function selectsNothingUnseen(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2, ssoSessions: 1 });
  const page = await signedIn();
  await goToUser(page, world, user);
  const held: Route[] = [];
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('"kinds"') === true) held.push(route);
    else await route.continue();
  });
  await page.getByLabel('Kind').selectOption('Single sign-on');
  await page
    .getByRole('checkbox', { name: /^Select Unnamed device/ })
    .first()
    .check();
  await page.getByText('1 selected').waitFor();
  for (const route of held) await route.continue();
  await page
    .getByRole('row', { name: /Unnamed device/ })
    .first()
    .waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'End Browser, single sign-on' }).waitFor();
  expect(await page.getByRole('button', { name: 'End 1 session' }).count()).toBe(0);
}
