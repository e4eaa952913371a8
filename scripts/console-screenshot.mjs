// Writes docs/console.png, which the README shows: a user of the demo, as a lead sees them. Needs a build and Chromium.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const alice = 'b0000000-0000-4000-8000-000000000001';
const service = spawn(process.execPath, ['dist/main.js'], {
  env: { PATH: process.env.PATH, PORT: '0', EMULATOR_PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, timezoneId: 'UTC' });
  const url = await consoleOf(service);
  await page.goto(url);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /Lee Lang/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.goto(`${url}/#/users/${alice}`);
  await page.getByRole('button', { name: 'End iPad, Acme Shop' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.screenshot({ path: fileURLToPath(new URL('../docs/console.png', import.meta.url)) });
} finally {
  await browser.close();
  service.kill('SIGKILL');
}

/** The address of the console, as the service prints it. What it prints later is read, too: it needs its log. */
function consoleOf({ stdout }) {
  return new Promise((resolve, reject) => {
    let printed = '';
    stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const url = /Console +(http\S+)/.exec(printed)?.[1];
      if (url !== undefined) resolve(url);
    });
    stdout.on('end', () => reject(new Error(`The service did not start. It printed:\n${printed}`)));
  });
}
