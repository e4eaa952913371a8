import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startEmulator } from '../../../src/emulator/emulator.js';
import { startTestConsole } from '../../support/console.js';
import type { TestUser } from '../../support/users.js';
import { expectAccessible, goToUser, inWorld, lee, sasha, signIn, type World, whatIsSaid } from '../support/world.js';

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
  await dialog.getByLabel('Type 1000 to confirm').fill('999');
  expect(await confirm.isDisabled()).toBe(true);
  // As keyboards of Arabic and Persian have it, and as the title.
  for (const number of ['١٠٠٠', '۱۰۰۰', '1,000']) {
    await dialog.getByLabel('Type 1000 to confirm').fill(number);
    await expect.poll(() => confirm.isEnabled()).toBe(true);
  }
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

/** The tab is closed in the middle: whoever comes back is shown what was done, and what is left. */
export async function tellsWhatWasCutOff(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 400 });
  const page = await signedIn();
  await beginEndingAll(page, world, user, 400);
  await page.getByText(/^[1-9]\d* of 400 ended$/).waitFor();
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  const next = await context.newPage();
  await next.goto(`${service.consoleUrl}/`);
  const strip = next.getByRole('region', { name: 'Endings under way' });
  await strip.getByText('Ending 400 sessions of Pat Poole was cut off').waitFor();
  await expectAccessible(next);
  // The call that was under way may still be.
  await expect.poll(() => user.liveIds().length).toBeLessThan(400);
  await strip.getByRole('link', { name: 'What was ended' }).click();
  await next
    .getByRole('row', { name: /Lee Lang.*Pat Poole.*Support request/ })
    .first()
    .waitFor();
  await strip.getByRole('link', { name: 'Sessions that are left' }).click();
  await next.getByRole('button', { name: /^End all \d+$/ }).waitFor();
  // Nobody else who uses this browser is told of it.
  expect(await next.evaluate<string>('JSON.stringify({ ...localStorage })')).not.toMatch(/Pat|@/);
  await strip.getByRole('button', { name: 'Dismiss' }).click();
  await next.reload();
  await next.getByRole('button', { name: /^End all \d+$/ }).waitFor();
  expect(await strip.count()).toBe(0);
}

/** Its person signs out in the middle, having been asked: nothing more ends, and only that person is told of it. */
export async function tellsWhatSigningOutCutOff(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 400 });
  // So that the middle lasts, however fast the machine is.
  const slow = { kind: 'latency', minMs: 200, maxMs: 200 } as const;
  service.emulator.faults.add({ method: 'DELETE', path: '/api/jwt/refresh/*', fault: slow });
  const page = await signedIn();
  await beginEndingAll(page, world, user, 400);
  await page.getByText(/^[1-9]\d* of 400 ended$/).waitFor();
  await page.getByRole('button', { name: 'Go on in the background' }).click();
  const strip = page.getByRole('region', { name: 'Endings under way' });
  const signOut = page.getByRole('button', { name: 'Sign out' });

  // Who stays goes on.
  const answers = ['dismiss', 'accept'] as const;
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    const answer = answers[asked.length];
    asked.push(dialog.type());
    void (answer === undefined ? dialog.dismiss() : dialog[answer]());
  });
  await signOut.click();
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await strip.getByText('Ending sessions of Pat Poole').waitFor();
  await signOut.click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  expect(asked).toEqual(['beforeunload', 'beforeunload']);
  // The call that was under way may go on for a moment; none comes after it.
  const left = await settledCount(user);
  expect(left).toBeGreaterThan(0);

  await signIn(page, sasha);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  expect(await strip.count()).toBe(0);
  await signOut.click();
  await signIn(page, lee);
  await strip.getByText('Ending 400 sessions of Pat Poole was cut off').waitFor();
  expect(user.liveIds()).toHaveLength(left);
}

/** How many sessions live once that changes no more. */
async function settledCount(user: TestUser): Promise<number> {
  let before = -1;
  await expect
    .poll(
      () => {
        const now = user.liveIds().length;
        const isSettled = now === before;
        before = now;
        return isSettled;
      },
      { interval: 1_000 },
    )
    .toBe(true);
  return before;
}

/** The service is replaced in the middle: the ending waits, goes on by itself, and counts what it knows. */
export async function endsAcrossARestart(browser: Browser): Promise<void> {
  await using emulator = await startEmulator();
  await inWorld(
    browser,
    async (world) => {
      const { service, signedIn } = world;
      const user = service.user({ fullName: 'Pat Poole', sessions: 1_000 });
      const page = await signedIn();
      await beginEndingAll(page, world, user, 1_000);
      await page.getByText(/^[1-9]\d* of 1,000 ended$/).waitFor();
      const { consoleUrl } = service;
      await service[Symbol.asyncDispose]();
      await page.getByText('The session service does not answer. This goes on by itself when it does.').waitFor();
      await expectAccessible(page);
      await using _next = await startTestConsole({ consoleUrl, beside: service });
      const dialog = page.getByRole('dialog', { name: 'Sessions of Pat Poole' });
      await dialog.getByText(/sessions ended$/).waitFor();
      expect(user.liveIds()).toEqual([]);
      // What the lost answers were about is not claimed, and not left out.
      const [ended = 0, already = 0, unanswered = 0] = await Promise.all(
        [/^([\d,]+) sessions ended$/m, /^([\d,]+) sessions? had ended already/m, /^([\d,]+) more sessions? w/m].map(
          async (pattern) => {
            const titles = await dialog.locator('.notice').allTextContents();
            return Number(
              titles
                .map((title) => pattern.exec(title)?.[1])
                .find(Boolean)
                ?.replace(',', '') ?? 0,
            );
          },
        ),
      );
      expect(ended + already + unanswered).toBe(1_000);
    },
    { beside: { emulator } },
  );
}

async function beginEndingAll(page: Page, world: World, user: TestUser, count: number): Promise<void> {
  const number = new Intl.NumberFormat('en').format(count);
  await goToUser(page, world, user);
  await page.getByRole('button', { name: `End all ${number}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(`Type ${count} to confirm`).fill(`${count}`);
  await dialog.getByRole('button', { name: `End ${number} sessions` }).click();
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
