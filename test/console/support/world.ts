import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startTestConsole, type TestConsole, type TestConsoleOptions } from '../../support/console.js';
import type { TestUser } from '../../support/users.js';

/** A service with a console, its FusionAuth, and a browser. */
export interface World {
  readonly service: TestConsole;
  /** A window of a browser that nobody has used. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** The same, in which somebody has signed in by their e-mail address: without the pages for it, which take longest. */
  signedIn(who?: string, options?: BrowserContextOptions): Promise<Page>;
}

/** The people of the demo: Lee may do everything, Sasha see sessions and end single ones. */
export const lee = 'lee@example.com';
export const sasha = 'sasha@example.com';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A busy machine may take its time. */
const patienceMs = 30_000;

/**
 * What nobody has open, by its options: making a context takes a browser longer than most scenarios do, so the next one
 * gets it, emptied.
 */
const idleContexts = new WeakMap<Browser, Map<string, BrowserContext[]>>();

function idleFor(browser: Browser, options: BrowserContextOptions): BrowserContext[] {
  const byOptions = idleContexts.get(browser) ?? new Map<string, BrowserContext[]>();
  idleContexts.set(browser, byOptions);
  const key = JSON.stringify(options);
  const idle = byOptions.get(key) ?? [];
  byOptions.set(key, idle);
  return idle;
}

/** Leaves nothing of what an origin has kept, and no page. @returns false where that is not certain. */
async function empty(context: BrowserContext, origin: string): Promise<boolean> {
  const pages = context.pages();
  const [page] = pages;
  if (page === undefined) return false;
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await context.clearCookies();
  for (const one of pages) await one.close();
  return true;
}

/** What pages have done that none may do, as sentences. */
const misdeeds = new WeakMap<Browser, string[]>();

export function misdeedsOf(browser: Browser): string[] {
  const known = misdeeds.get(browser) ?? [];
  misdeeds.set(browser, known);
  return known;
}

export async function inWorld(
  browser: Browser,
  scenario: (world: World) => Promise<void>,
  options: TestConsoleOptions = {},
): Promise<void> {
  await using service = await startTestConsole(options);
  const { origin } = new URL(service.consoleUrl);
  const opened: { readonly context: BrowserContext; readonly idle: BrowserContext[] }[] = [];
  const open: World['open'] = async (given = {}) => {
    const contextOptions = { reducedMotion: 'reduce', timezoneId: 'UTC', ...given } as const;
    const idle = idleFor(browser, contextOptions);
    const context = idle.pop() ?? (await browser.newContext(contextOptions));
    opened.push({ context, idle });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    watch(page, service, misdeedsOf(browser));
    return page;
  };
  const signedIn: World['signedIn'] = async (who = lee, contextOptions) => {
    const page = await open(contextOptions);
    await signInByRequests(page.context(), service, who);
    await page.goto(`${service.consoleUrl}/`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return page;
  };
  try {
    await scenario({ service, open, signedIn });
    for (const { context, idle } of opened.splice(0)) {
      if (await empty(context, origin)) idle.push(context);
      else await context.close();
    }
  } finally {
    // After a scenario that failed nobody knows what is left.
    for (const { context } of opened) await context.close();
  }
}

/** Takes down requests to other places, refusals by the policy of the page, and errors of its program. */
function watch(page: Page, service: TestConsole, found: string[]): void {
  const { origin } = new URL(service.consoleUrl);
  page.on('request', (request) => {
    const isOfSignIn = request.isNavigationRequest() && request.url().startsWith(service.emulator.url);
    const isOfPage = page.url().startsWith(service.emulator.url);
    const isOwn = new URL(request.url()).origin === origin || /^(blob|data):/.test(request.url());
    if (!isOwn && !isOfSignIn && !isOfPage) found.push(`asked another place: ${request.url()}`);
  });
  page.on('console', (message) => {
    const text = message.text();
    if (/content security policy/i.test(text)) found.push(`refused by the policy: ${text}`);
  });
  page.on('pageerror', (error) => found.push(`failed: ${error.stack ?? error.message}`));
}

/** Sends what the browser of somebody sends who signs in. */
async function signInByRequests({ request }: BrowserContext, { consoleUrl }: TestConsole, who: string): Promise<void> {
  const { origin, pathname, searchParams } = new URL((await request.get(`${consoleUrl}/login`)).url());
  const form = { ...Object.fromEntries(searchParams), loginId: who, password: 'password' };
  await request.post(`${origin}${pathname}`, { form });
}

/** From the page of somebody who is signed out. */
export async function signIn(page: Page, who: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('textbox', { name: 'Email or user name' }).fill(who);
  await page.getByRole('textbox', { name: 'Password' }).fill('password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Goes to the page of a user, whose sessions are there when this is over. */
export async function goToUser(
  page: Page,
  { service }: Pick<World, 'service'>,
  user: Pick<TestUser, 'id'>,
): Promise<void> {
  await page.goto(`${service.consoleUrl}/#/users/${user.id}`);
  await page.getByRole('table').or(page.getByText('No sessions')).first().waitFor();
}

/** Expects that axe finds nothing to mend, and that nothing reaches beyond the window. */
export async function expectAccessible(page: Page): Promise<void> {
  // By the protocol of the browser: the page itself loads nothing that is not its own.
  await page.evaluate(await readFile(axePath, 'utf8'));
  const violations = await page.evaluate<readonly string[]>(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)].join(" ")))',
  );
  expect(violations).toEqual([]);
  const [scrollWidth, clientWidth] = await page.evaluate<readonly [number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
}

/** From now on: what a screen reader would say of regions that change, in order. */
export async function whatIsSaid(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(`{
    window.said = [];
    const last = new WeakMap();
    new MutationObserver(() => {
      for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
        const text = region.textContent.trim();
        if (text !== '' && text !== last.get(region)) window.said.push(text);
        last.set(region, text);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }`);
  return () => page.evaluate<readonly string[]>('window.said');
}
