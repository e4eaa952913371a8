import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';
import { listen } from './listening-server.js';

const run = promisify(execFile);

/** The Chromium of this machine, or null. */
export async function findBrowser(): Promise<string | null> {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const found = await run('which', [name]).catch(() => null);
    if (found !== null) return found.stdout.trim();
  }
  return null;
}

let shared: Promise<Browser> | undefined;

/**
 * The Chromium of this worker, started by the first test that asks: each test opens contexts of its own, which know nothing
 * of each other. It ends with the worker.
 * @param executablePath As found.
 */
export function sharedBrowser(executablePath: string): Promise<Browser> {
  shared ??= chromium.launch({ executablePath, args: ['--no-sandbox'] });
  return shared;
}

/** A web page with an origin of its own. */
export interface WebPage extends AsyncDisposable {
  readonly origin: string;
}

/** Serves a page whose one script is the bundle of this file; every path answers the same page. */
export async function servePage(entry: string): Promise<WebPage> {
  const script = await bundle(entry);
  return serveHtml(
    `<!doctype html><meta charset="utf-8"><div id="root"></div><script type="module">${script}</script>`,
  );
}

/** Serves this document on every path. */
export async function serveHtml(html: string): Promise<WebPage> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(html);
  });
  const { url, ...disposable } = await listen(server);
  return { origin: url, ...disposable };
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'esnext', rollupOptions: { input: entry } },
  });
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const chunk = outputs.find((one) => one.type === 'chunk');
  if (chunk === undefined) throw new Error(`${entry} made no script`);
  return chunk.code.replaceAll('</script', '<\\/script');
}
