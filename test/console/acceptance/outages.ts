import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import { startEmulator } from '../../../src/emulator/emulator.js';
import { startTestConsole } from '../../support/console.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { expectAccessible, goToUser, inWorld, type World } from '../support/world.js';

/** The service is replaced by another process while somebody looks at a user. */
export async function goesOnAfterARestart(browser: Browser): Promise<void> {
  await using emulator = await startEmulator();
  await inWorld(
    browser,
    async (world) => {
      const { service, signedIn } = world;
      const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
      const page = await signedIn();
      await page.evaluate('window.isStillHere = true');
      await page.goto(`${service.consoleUrl}/#/activity`);
      await page.getByText('Live', { exact: true }).waitFor();
      const ofTenant = { headers: { 'x-fusionauth-tenantid': emulator.store.defaultTenantId } };
      await service.query(revoke, { id: user.sessions[0]?.id }, ofTenant);
      await page.getByRole('row', { name: /Ended.*Pat Poole/ }).waitFor();

      const second = await page.context().newPage();
      await goToUser(second, world, user);
      await second.getByText('Live', { exact: true }).waitFor();
      const { consoleUrl } = service;
      await service[Symbol.asyncDispose]();
      await page.getByText('Reconnecting…').waitFor();
      await second.getByText('Reconnecting…').waitFor();
      user.addSession({ device: { name: 'Of meanwhile' } });
      await using next = await startTestConsole({ consoleUrl, beside: service });
      await page.getByText('Live', { exact: true }).waitFor();
      // Without a database the events before the restart are forgotten, and so may be some of the time between.
      await page.getByText(/^Connection lost from .* Events of that time may be missing here/).waitFor();
      // What began meanwhile is listed, and counted.
      await second.getByRole('row', { name: /Of meanwhile/ }).waitFor();
      await second.getByText('2 live sessions in 1 application').waitFor();
      await next.query(revoke, { id: user.sessions[1]?.id }, ofTenant);
      await page
        .getByRole('row', { name: /Ended.*Pat Poole/ })
        .nth(1)
        .waitFor();
      expect(await page.evaluate('window.isStillHere')).toBe(true);
    },
    { beside: { emulator } },
  );
}

const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';

export async function saysThatFusionAuthIsAway(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  await page.clock.install();
  await page.goto(`${service.consoleUrl}/#/activity`);
  await page.getByText('Live', { exact: true }).waitFor();
  const rule = service.emulator.faults.add({ path: '*', fault: { kind: 'status', status: 503 } });
  await page.goto(`${service.consoleUrl}/#/users?q=pat`);
  await page.getByText(/^FusionAuth cannot be reached\. Nothing can be looked up/).waitFor();
  const alert = page.getByRole('alert');
  await alert.getByText('FusionAuth cannot be reached at the moment').waitFor();
  expect(await alert.locator('code').textContent()).toMatch(/^[0-9a-f-]{36}$/);
  rule.remove();
  // Of one look no answer comes, as over a connection that is gone.
  let looks = 0;
  await page.route('**/health/ready', async (route) => {
    looks++;
    if (looks > 1) await route.continue();
  });
  const bar = page.getByText(/^FusionAuth cannot be reached\. Nothing/);
  await expect
    .poll(async () => {
      await page.clock.fastForward(3_000);
      return bar.count();
    })
    .toBe(0);
  expect(looks).toBeGreaterThan(0);
  await page.unroute('**/health/ready');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'Pat Poole' }).waitFor();
  expect(user.liveIds()).toHaveLength(1);
}

/** Somebody goes on searching meanwhile, faster than the page looks whether FusionAuth is back. */
export async function saysThatFusionAuthIsBack({ service, signedIn }: World): Promise<void> {
  service.user({ fullName: 'Pat Poole', sessions: 1 });
  const page = await signedIn();
  const bar = page.getByText(/^FusionAuth cannot be reached\. Nothing can be looked up/);
  const rule = service.emulator.faults.add({ path: '*', fault: { kind: 'status', status: 503 } });
  await page.getByRole('searchbox').fill('pat');
  await bar.waitFor();
  rule.remove();
  const texts = ['pat poole', 'pat', 'poole'];
  for (let round = 0; round < 12 && (await bar.count()) > 0; round++) {
    await page.getByRole('searchbox').fill(texts[round % texts.length] ?? '');
    await page.getByRole('link', { name: 'Pat Poole' }).waitFor();
    await page.waitForTimeout(700);
  }
  expect(await bar.count()).toBe(0);
}

/** Of further endings that could not be had, those that are shown know nothing. */
export async function keepsWhatIsShown({ service, signedIn }: World): Promise<void> {
  const user = service.user({ fullName: 'Pat Poole', sessions: 60 });
  const revokeAll = 'mutation ($id: ID!) { revokeSessions(input: { userId: $id, reason: OTHER }) { more } }';
  await service.data(revokeAll, { id: user.id });
  const page = await signedIn();
  await page.goto(`${service.consoleUrl}/#/history`);
  const rows = page.getByRole('row', { name: /Pat Poole/ });
  await rows.nth(49).waitFor();
  const error = { message: 'FusionAuth is away.', extensions: { code: 'UPSTREAM_UNAVAILABLE' } };
  await page.route('**/graphql', (route) => route.fulfill({ json: { errors: [error] } }));
  await page.getByRole('button', { name: 'Show more' }).click();
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await rows.count()).toBe(50);
  await page.unroute('**/graphql');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await rows.nth(59).waitFor();
  await alert.waitFor({ state: 'detached' });
}

/** A proxy answers for a service that is being replaced, and then the one that stops: the ending goes on by itself. */
export async function endsBehindAProxy(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
  const page = await signedIn();
  await page.clock.install();
  await goToUser(page, world, user);
  await page.getByRole('button', { name: 'End all 2' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('listitem').nth(1).waitFor();
  const stopping = { message: 'The service is stopping.', extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } };
  const answers = [
    { status: 502, contentType: 'text/html', body: '<h1>502 Bad Gateway</h1>' },
    { status: 503, json: { errors: [stopping] } },
  ];
  await page.route('**/graphql', (route) => {
    const answer = route.request().postData()?.includes('"dryRun":false') === true ? answers.shift() : undefined;
    return answer === undefined ? route.continue() : route.fulfill(answer);
  });
  await dialog.getByRole('button', { name: 'End 2 sessions' }).click();
  const waiting = dialog.getByText('The session service does not answer. This goes on by itself when it does.');
  for (const left of [1, 0]) {
    await waiting.waitFor();
    await expect.poll(() => answers.length).toBe(left);
    await page.clock.fastForward(3_000);
  }
  await dialog.getByText('2 sessions ended').waitFor();
  expect(user.liveIds()).toEqual([]);
  await page.unroute('**/graphql');
}

/** A page of sessions that could not be had is there after all. */
export async function forgetsWhatFailedOnce(world: World): Promise<void> {
  const { service, signedIn } = world;
  const user = service.user({ fullName: 'Pat Poole', sessions: 60 });
  const page = await signedIn();
  await goToUser(page, world, user);
  const rule = service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'status', status: 503 } });
  const more = page.getByRole('button', { name: 'Show more' });
  await more.click();
  await page.getByRole('alert').waitFor();
  rule.remove();
  await more.click();
  await more.waitFor({ state: 'detached' });
  expect(await page.getByRole('alert').count()).toBe(0);
}

/** FusionAuth answers, the database of the replicas does not: sessions still end, and the page says what it lacks. */
export async function goesOnWithoutItsDatabase(browser: Browser, databaseUrl: string): Promise<void> {
  await using proxy = await startTcpProxy(Number(new URL(databaseUrl).port));
  const throughProxy = new URL(databaseUrl);
  throughProxy.port = `${proxy.port}`;
  const env = {
    DATABASE_URL: throughProxy.href,
    DATABASE_OUTAGE_TOLERANCE_SECONDS: '1',
    DATABASE_STATEMENT_TIMEOUT_MS: '500',
    DATABASE_CONNECT_TIMEOUT_MS: '500',
    READINESS_MAX_AGE_MS: '1',
  };
  await inWorld(
    browser,
    async (world) => {
      const { service, signedIn } = world;
      const user = service.user({ fullName: 'Pat Poole', sessions: 2 });
      const page = await signedIn();
      await goToUser(page, world, user);
      await page.getByText('Live', { exact: true }).waitFor();
      proxy.set('closed');
      const bar = page.getByText(/^The database of the session service cannot be reached\. Sessions can be looked up/);
      await bar.waitFor();
      await expectAccessible(page);
      await page
        .getByRole('button', { name: /^End Unnamed/ })
        .first()
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'End 1 session' }).click();
      await dialog.getByText('The session has ended').waitFor();
      await dialog.getByText(/learn of it once the service’s database is back/).waitFor();
      await page.keyboard.press('Escape');
      expect(user.liveIds()).toHaveLength(1);

      await page.goto(`${service.consoleUrl}/#/history`);
      const alert = page.getByRole('alert');
      await alert.getByText('The database of the session service cannot be reached at the moment').waitFor();
      expect(await alert.locator('code').textContent()).toMatch(/^[0-9a-f-]{36}$/);
      // FusionAuth is not blamed.
      expect(await page.getByText(/FusionAuth cannot be reached/).count()).toBe(0);
      proxy.set('open');
      await bar.waitFor({ state: 'detached' });
      await alert.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('row', { name: /Lee Lang.*Pat Poole.*Support request/ }).waitFor();
    },
    { env },
  );
}

/** The service is replaced by another version, which does not know the operations of a page that is open. */
export async function asksToBeReloaded({ service, signedIn }: World): Promise<void> {
  service.user({ fullName: 'Pat Poole', email: 'pat@example.com' });
  const page = await signedIn();
  const unknown = { documentId: `sha256:${'0'.repeat(64)}` };
  await page.route(/\/graphql(\/stream)?$/, async (route) => {
    await route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), ...unknown }) });
  });
  await page.goto(`${service.consoleUrl}/#/activity`);
  const updated = page.getByText(/^The session service has been updated since this page was opened/);
  await updated.waitFor();
  // It is no matter of permissions, and nothing comes back by itself.
  expect(await page.getByText(/^(Not live|Reconnecting…)$/).count()).toBe(0);
  await page.goto(`${service.consoleUrl}/#/users?q=pat`);
  await page
    .getByRole('alert')
    .getByText(/^The session service has been updated/)
    .waitFor();
  await expectAccessible(page);
  await page.unroute(/\/graphql(\/stream)?$/);
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await page.getByRole('link', { name: 'Pat Poole' }).waitFor();
  expect(await updated.count()).toBe(0);
}
