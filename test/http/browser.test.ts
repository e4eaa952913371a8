import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findBrowser, serveHtml } from '../support/browser.js';
import { startTestService } from '../support/service.js';

const run = promisify(execFile);
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
    expect(await bodyOf(`${allowed.origin}/?${query}`)).toContain('answered 200 SERVICE');
    expect(await bodyOf(`${other.origin}/?${query}`)).toContain('refused TypeError');
  });

  it('GraphiQL comes up under its content security policy', async () => {
    await using service = await startTestService();
    expect(await bodyOf(`${service.url}/`)).toContain('graphiql-container');
  });
});

/** The document after its scripts have run. */
async function bodyOf(url: string): Promise<string> {
  const { stdout } = await run(
    browser ?? '',
    ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=10000', '--dump-dom', url],
    { timeout: 50_000, maxBuffer: 64 * 1_024 * 1_024 },
  );
  return stdout;
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
      .then((text) => document.body.append(text));
  </script></body>`);
