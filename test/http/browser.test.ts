import { describe, expect, it } from 'vitest';
import { findBrowser, serveHtml, sharedBrowser } from '../support/browser.js';
import { startTestService } from '../support/service.js';

const browser = await findBrowser();
if (browser === null) process.stderr.write('SKIPPED: no Chromium is installed, so nothing is tried in a browser.\n');

it.runIf(process.env['CI'] !== undefined)('has a browser in CI', () => {
  expect(browser).not.toBeNull();
});

describe.skipIf(browser === null)('in a browser', { timeout: 60_000 }, () => {
  it('a page of an allowed origin gets answers, and one of another origin does not', async () => {
    await using allowed = await startPage();
    await using other = await startPage();
    await using service = await startTestService({ env: { CORS_ORIGINS: allowed.origin } });
    const key = service.key(['session:read']);
    const query = `url=${encodeURIComponent(`${service.url}/graphql`)}&key=${encodeURIComponent(key)}`;
    expect(await textOf(`${allowed.origin}/?${query}`, 'output')).toBe('answered 200 SERVICE');
    expect(await textOf(`${other.origin}/?${query}`, 'output')).toBe('refused TypeError');
  });

  it('GraphiQL comes up under its content security policy', async () => {
    await using service = await startTestService();
    expect(await textOf(`${service.url}/`, '.graphiql-container')).toContain('viewer');
  });
});

/** The text of the first element that a selector finds, once there is one. */
async function textOf(url: string, selector: string): Promise<string | null> {
  const context = await (await sharedBrowser(browser ?? '')).newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await page.locator(selector).first().textContent();
  } finally {
    await context.close();
  }
}

/** A web page of an origin of its own that calls the API it is told of. */
const startPage = () =>
  serveHtml(`<!doctype html><body><script>
    const parameters = new URLSearchParams(location.search);
    fetch(parameters.get('url'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + parameters.get('key') },
      body: JSON.stringify({ query: '{ viewer { kind } }' }),
    })
      .then(async (answer) => 'answered ' + answer.status + ' ' + (await answer.json()).data.viewer.kind)
      .catch((error) => 'refused ' + error.name)
      .then((textContent) => document.body.append(Object.assign(document.createElement('output'), { textContent })));
  </script></body>`);
