import { expect } from 'vitest';
import { sendEventsTo } from '../../../src/emulator/send-events.js';
import { subscribe } from '../../support/subscription.js';
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
  await page.getByText(/^No problem/).waitFor();

  const other = await signedIn(sasha);
  await other.goto(`${service.consoleUrl}/#/set-up`);
  await other.getByText('You lack the permission setup:read').waitFor();
  expect(await other.getByRole('button', { name: 'Look again' }).count()).toBe(0);
  expect(await other.getByRole('heading', { name: 'FusionAuth’s webhook' }).count()).toBe(0);
}

/** The policy and its mode; replicas; the webhook with its last event and what was refused; who follows events. */
export async function showsHowTheServiceDoes({ service, signedIn }: World): Promise<void> {
  const page = await signedIn();
  await page.goto(`${service.consoleUrl}/#/set-up`);
  const card = (name: string) =>
    page.locator('.card').filter({ has: page.getByRole('heading', { name, exact: true }) });
  await card('Session policy').getByText('None is configured: no limit holds by itself.').waitFor();
  await card('FusionAuth’s webhook').getByText('None yet').waitFor();
  await service.emulator.keys.jwks();
  sendEventsTo(service.emulator, `${service.url}/webhooks/fusionauth`);
  await service.user().login();
  await service.fetch('/webhooks/fusionauth', { method: 'POST', body: '{}' });
  await using _guard = await subscribe(service, service.key(['event:subscribe']));
  await page.reload();
  const webhook = await card('FusionAuth’s webhook').textContent();
  expect(webhook).toMatch(/Last eventJust now.*Events taken[1-9].*Refused1Whoever sent them/);
  const followers = await card('Replicas and followers').textContent();
  expect(followers).toMatch(/Replicas that act as one1.*Guards and other services that follow eventstest-.* 1 stream/);
  await expectAccessible(page);
}
