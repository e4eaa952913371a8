import { describe, expect, it } from 'vitest';
import { findBrowser, sharedBrowser } from '../../support/browser.js';
import { startTestConsole } from '../../support/console.js';
import { unusedUrl } from '../../support/raw-server.js';

const executablePath = await findBrowser();

describe.skipIf(executablePath === null)('in a browser', { timeout: 60_000 }, () => {
  it('a sign-in by a FusionAuth of another site leaves a cookie that scripts cannot read and other sites cannot use', async () => {
    // For browsers localhost and 127.0.0.1 are different sites, as FusionAuth's and the console's may be.
    const consoleUrl = `${(await unusedUrl()).replace('127.0.0.1', 'localhost')}/console`;
    await using service = await startTestConsole({ consoleUrl, env: { HOST: 'localhost' } });
    const context = await (await sharedBrowser(executablePath ?? '')).newContext();
    try {
      const page = await context.newPage();
      // In place of the built pages: whatever page of this origin it is.
      await page.route(`${consoleUrl}/`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<title>ok</title>' }),
      );
      await page.goto(`${consoleUrl}/login`);
      expect(new URL(page.url()).origin).toBe(service.emulator.url);
      await page.getByRole('button', { name: 'Sign in as Sasha Stone (support)' }).click();
      await page.waitForURL(`${consoleUrl}/`);
      const [cookie, ...others] = await context.cookies(consoleUrl);
      expect([cookie, others]).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }, []]);
      expect(await page.evaluate('document.cookie')).toBe('');
      const viewer = `fetch(${JSON.stringify(consoleUrl.replace('/console', '/graphql'))}, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json', 'x-fusionauth-sessions-console': '1' },
        body: JSON.stringify({ query: '{ viewer { displayName } }' }),
      }).then((answer) => answer.text(), (error) => error.name)`;
      expect(await page.evaluate(viewer)).toContain('Sasha Stone');
      // The same call by a page of another site, in the same browser.
      const evil = await context.newPage();
      await evil.route('http://127.0.0.1:1/', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<title>evil</title>' }),
      );
      await evil.goto('http://127.0.0.1:1/');
      expect(await evil.evaluate(viewer)).toBe('TypeError');
      // A form needs nobody's leave, and signs nobody out.
      await evil.setContent(`<form method="post" action="${consoleUrl}/logout"><button>Win</button></form>`);
      await evil.getByRole('button').click();
      await evil.waitForURL(`${consoleUrl}/logout`);
      expect(await page.evaluate(viewer)).toContain('Sasha Stone');
    } finally {
      await context.close();
    }
  });
});
