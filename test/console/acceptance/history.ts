import type { Route } from 'playwright-core';
import { expect } from 'vitest';
import { type World, whatIsSaid } from '../support/world.js';

const revoke = `mutation ($ids: [ID!]) {
  revokeSessions(input: { sessionIds: $ids, reason: ADMIN_REQUEST }) { revokedSessions { sessionId } }
}`;

/** What all rows need is asked for once, however many there are. */
export async function asksOnceForAllRows({ service, signedIn }: World): Promise<void> {
  const user = service.user({ fullName: 'Pat Poole', sessions: 20 });
  await service.query(revoke, { ids: user.sessions.map(({ id }) => id) });
  const page = await signedIn();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/graphql') asked.push(request.postData() ?? '');
  });
  await page.getByRole('link', { name: 'History' }).click();
  await page
    .getByRole('row', { name: /Pat Poole.*Acme Shop/ })
    .nth(19)
    .waitFor();
  expect(asked.length).toBeLessThanOrEqual(4);
}

/** On a slow line, rows that another filter had found do not pass for those of this one; what it finds is said. */
export async function showsNothingOfAnotherFilter({ service, signedIn }: World): Promise<void> {
  const pat = service.user({ fullName: 'Pat Poole', sessions: 1 });
  await service.query(revoke, { ids: pat.sessions.map(({ id }) => id) });
  const page = await signedIn();
  await page.goto(`${service.consoleUrl}/#/history`);
  const row = page.getByRole('row', { name: /Pat Poole/ });
  await row.waitFor();
  const said = await whatIsSaid(page);
  const held: Route[] = [];
  await page.route('**/graphql', (route) => void held.push(route));
  await page.getByLabel('Reason').selectOption('Suspected compromise');
  await expect.poll(() => held.length).toBe(1);
  expect(await row.count()).toBe(0);
  for (const route of held) await route.continue();
  await page.unroute('**/graphql');
  await page.getByText('Nothing matches these filters').waitFor();
  await expect.poll(said).toContain('Nothing matches these filters');
  await page.getByLabel('Reason').selectOption('Support request');
  await row.waitFor();
  await expect.poll(said).toContain('1 entry');
}

/** A row names the others whose sessions ended with it, also where the list has none of them. */
export async function namesAllOfOneRequest({ service, signedIn }: World): Promise<void> {
  const pat = service.user({ fullName: 'Pat Poole', sessions: 1 });
  const quinn = service.user({ fullName: 'Quinn Quill', sessions: 1 });
  await service.query(revoke, { ids: [pat, quinn].map(({ sessions }) => sessions[0]?.id) });
  const page = await signedIn();
  await page.goto(`${service.consoleUrl}/#/history?user=${pat.id}`);
  await page.getByRole('button', { name: /^Details of the ending/ }).click();
  await page.getByText('The same request also ended 1 session').waitFor();
  await page.getByRole('link', { name: 'Quinn Quill' }).waitFor({ timeout: 5_000 });
}
