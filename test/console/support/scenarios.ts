import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, sharedBrowser } from '../../support/browser.js';
import { buildService, buildTimeoutMs } from '../../support/build.js';
import type { TestConsoleOptions } from '../../support/console.js';
import { inWorld, misdeedsOf, type World } from './world.js';

interface Scenarios {
  /** A scenario in a world of its own. */
  scenario(name: string, run: (world: World) => Promise<void>, options?: TestConsoleOptions): void;
  /** For those that make their world themselves; there is none before tests run. */
  browser(): Browser;
}

/** What the console promises in a real browser. */
export function describeConsole(
  name: string,
  executablePath: string | null,
  declare: (scenarios: Scenarios) => void,
): void {
  it.runIf(process.env['CI'] !== undefined)('has a browser in CI', () => {
    expect(executablePath).not.toBeNull();
  });

  describe.skipIf(executablePath === null)(name, { timeout: 120_000 }, () => {
    let shared: Browser;

    beforeAll(async () => {
      [shared] = await Promise.all([sharedBrowser(executablePath ?? ''), buildService()]);
    }, buildTimeoutMs);

    // Whatever was tried.
    afterEach(() => expect(misdeedsOf(shared).splice(0)).toEqual([]));

    declare({
      scenario: (title, run, options) => it(title, () => inWorld(shared, run, options)),
      browser: () => shared,
    });
  });
}

/** The Chromium of this machine. Without one, it says that the console is not tried. */
export async function browserOfMachine(): Promise<string | null> {
  const executablePath = await findBrowser();
  if (executablePath === null)
    process.stderr.write('SKIPPED: no Chromium is installed, so the console is not tried.\n');
  return executablePath;
}
