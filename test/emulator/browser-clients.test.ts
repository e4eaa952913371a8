import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application } from '../../src/emulator/store/records.js';
import { findBrowser, servePage, sharedBrowser, type WebPage } from '../support/browser.js';

const executablePath = await findBrowser();

it.runIf(process.env['CI'] !== undefined)('has a browser in CI', () => {
  expect(executablePath).not.toBeNull();
});

describe.skipIf(executablePath === null)('in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let emulator: Emulator;
  let shop: Application;
  let app: WebPage;

  beforeAll(async () => {
    browser = await sharedBrowser(executablePath ?? '');
    emulator = await startEmulator();
  }, 60_000);

  afterAll(() => emulator[Symbol.asyncDispose]());

  async function open(entry: string): Promise<void> {
    app = await servePage(fileURLToPath(new URL(`browser/${entry}`, import.meta.url)));
    shop = emulator.store.addApplication({
      name: entry,
      oauthConfiguration: {
        authorizedRedirectURLs: [app.origin, `${app.origin}/`],
        clientAuthenticationPolicy: 'NotRequiredWhenUsingPKCE',
        proofKeyForCodeExchangePolicy: 'Required',
      },
      registrationConfiguration: { enabled: true },
    });
    allowOrigins([app.origin]);
  }

  function allowOrigins(allowedOrigins: string[]): void {
    const headers = ['authorization', 'content-type'];
    const cors = { enabled: true, allowCredentials: true, allowedMethods: ['GET', 'POST'], allowedHeaders: headers };
    emulator.store.systemConfiguration['corsConfiguration'] = { ...cors, allowedOrigins };
  }

  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    return () => context.close();
  });

  async function fillIn(loginId: string): Promise<void> {
    await page.getByLabel('Email or user name').fill(loginId);
    await page.getByLabel('Password').fill('password');
    await page.getByLabel('Keep me signed in').check();
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  describe('@fusionauth/react-sdk', () => {
    beforeAll(() => open('react-app.js'), 60_000);
    afterAll(() => app[Symbol.asyncDispose]());

    beforeEach(async () => {
      await page.goto(`${app.origin}/?serverUrl=${encodeURIComponent(emulator.url)}&clientId=${shop.id}`);
    });

    it('signs a user in, reads the user, refreshes and signs out', async () => {
      const alice = emulator.store.addUser({
        email: 'alice@react.example',
        password: 'password',
        applicationIds: [shop.id],
      });
      await page.getByText('signed out').waitFor();
      await page.getByRole('button', { name: 'Login' }).click();
      await fillIn('alice@react.example');

      await page.getByText('in as alice@react.example').waitFor();
      expect(await page.getAttribute('body', 'data-state')).toBe('a state of the page');
      expect(new URL(page.url()).searchParams.get('state')).toBe('a state of the page');
      expect(await cookies()).toEqual({
        'app.at': { httpOnly: true, secure: true, sameSite: 'Lax', persistent: true },
        'app.at_exp': { httpOnly: false, secure: true, sameSite: 'Lax', persistent: true },
        'app.idt': { httpOnly: false, secure: true, sameSite: 'Lax', persistent: true },
        'app.rt': { httpOnly: true, secure: true, sameSite: 'Lax', persistent: true },
      });
      const sessions = emulator.store.sessionsOf(alice.id);
      expect(sessions.map(({ applicationId }) => applicationId)).toEqual(expect.arrayContaining([shop.id, undefined]));

      const before = await cookieValue('app.at');
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('refreshed 200').waitFor();
      expect(await cookieValue('app.at')).not.toBe(before);

      await page.getByRole('button', { name: 'Logout' }).click();
      await page.getByText('signed out').waitFor();
      expect(await cookies()).toEqual({});
      expect(emulator.store.sessionsOf(alice.id).map(({ applicationId }) => applicationId)).toEqual([shop.id]);
    });

    it('cannot refresh a session that was revoked', async () => {
      const bob = emulator.store.addUser({
        email: 'bob@react.example',
        password: 'password',
        applicationIds: [shop.id],
      });
      await page.getByRole('button', { name: 'Login' }).click();
      await fillIn('bob@react.example');
      await page.getByText('in as bob@react.example').waitFor();
      for (const { id } of emulator.store.sessionsOf(bob.id)) emulator.store.sessions.delete(id);

      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('not refreshed 400').waitFor();
    });

    it('registers a user', async () => {
      await page.getByRole('button', { name: 'Register' }).click();
      await page.getByLabel('Email').fill('carol@react.example');
      await page.getByLabel('Password').fill('short');
      await page.getByRole('button', { name: 'Create the account' }).click();
      await page.getByText('Your password is too short.').waitFor();
      await page.getByLabel('Email').fill('carol@react.example');
      await page.getByLabel('Password').fill('long enough');
      await page.getByRole('button', { name: 'Create the account' }).click();

      await page.getByText('in as carol@react.example').waitFor();
      const carol = emulator.store.users.findByEmail(emulator.tenantId, 'carol@react.example');
      expect(carol?.registrations).toMatchObject([{ applicationId: shop.id }]);
      expect(emulator.store.sessionsOf(carol?.id ?? '')).toMatchObject([{ applicationId: shop.id }]);
    });

    it('gets nothing where the configuration does not allow its origin', async () => {
      emulator.store.addUser({ email: 'dan@react.example', password: 'password', applicationIds: [shop.id] });
      allowOrigins(['https://other.example']);
      await page.getByRole('button', { name: 'Login' }).click();
      await fillIn('dan@react.example');
      await page.getByText('in as ...').waitFor();
      allowOrigins([app.origin]);
      await page.reload();
      await page.getByText('in as dan@react.example').waitFor();
    });

    async function cookies(): Promise<object> {
      const all = await context.cookies();
      return Object.fromEntries(
        all
          .filter(({ name }) => name.startsWith('app.'))
          .map(({ name, httpOnly, secure, sameSite, expires }) => [
            name,
            { httpOnly, secure, sameSite, persistent: expires > 0 },
          ]),
      );
    }

    async function cookieValue(name: string): Promise<string | undefined> {
      return (await context.cookies()).find((cookie) => cookie.name === name)?.value;
    }
  });

  describe('oidc-client-ts', () => {
    beforeAll(async () => {
      await open('oidc-app.js');
      emulator.store.tenantOrThrow(emulator.tenantId).issuer = emulator.url;
    }, 60_000);
    afterAll(() => app[Symbol.asyncDispose]());

    it('signs a user in, refreshes silently and signs out', async () => {
      emulator.store.addUser({ email: 'eve@oidc.example', password: 'password', applicationIds: [shop.id] });
      // PKCE proves the client of a code only: without a secret a refresh needs a client that needs none.
      shop.oauthConfiguration.clientAuthenticationPolicy = 'NotRequired';
      await page.goto(`${app.origin}/?authority=${encodeURIComponent(emulator.url)}&clientId=${shop.id}`);
      await page.getByText('signed out').waitFor();
      await page.getByRole('button', { name: 'login' }).click();
      await fillIn('eve@oidc.example');
      await page.getByText('in as eve@oidc.example, state a state of the page').waitFor();

      await page.getByRole('button', { name: 'refresh' }).click();
      await expect.poll(() => page.textContent('#root')).toBe('refreshed eve@oidc.example true');

      await page.getByRole('button', { name: 'logout' }).click();
      await page.getByText('signed out').waitFor();
    });
  });
});
