import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runUntilStopped } from '../../src/emulator/process.js';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watch-'));
  file = join(directory, 'kickstart.json');
});

afterEach(() => rm(directory, { recursive: true }));

const withKey = (key: string) => JSON.stringify({ apiKeys: [{ key }] });

/** An emulator that watches the file, with what it writes. */
function watching() {
  const stop = new AbortController();
  let text = '';
  let wake: () => void = () => undefined;
  const write = (more: string) => {
    text += more;
    wake();
  };
  const environment = {};
  const args = ['--port', '0', '--kickstart', file, '--watch'];
  const ended = runUntilStopped({ args, environment, write, writeError: write, stop: stop.signal });
  return {
    /** What was written up to and with the first match from here on, which is then forgotten. */
    async written(pattern: RegExp): Promise<string> {
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) {
          text = text.slice(match.index + match[0].length);
          return match[0];
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async stop(): Promise<number> {
      stop.abort();
      return ended;
    },
  };
}

/** On a connection of its own: one to the emulator that was there before may not have been found closed yet. */
const status = async (url: string, key: string) =>
  (await fetch(`${url}/api/tenant`, { headers: { authorization: key, connection: 'close' } })).status;

it('starts anew at the same address when the file changes, however an editor saves it', async () => {
  await writeFile(file, withKey('first'));
  const emulator = watching();
  const [url = ''] = /http:\S+/.exec(await emulator.written(/on http:\S+\nAPI key first\n/)) ?? [];
  expect(await status(url, 'first')).toBe(200);

  await writeFile(file, withKey('second'));
  expect(await emulator.written(/on http:\S+\nAPI key second\n/)).toContain(url);
  expect([await status(url, 'first'), await status(url, 'second')]).toEqual([401, 200]);

  const beside = join(directory, 'kickstart.json.tmp');
  await writeFile(beside, withKey('third'));
  await rename(beside, file);
  expect(await emulator.written(/on http:\S+\nAPI key third\n/)).toContain(url);
  expect(await emulator.stop()).toBe(0);
});

it('says what is wrong with a file and goes on watching it', async () => {
  await writeFile(file, '{');
  const emulator = watching();
  expect(await emulator.written(/could not start: .*\n/)).toContain('is no JSON');
  await writeFile(
    file,
    JSON.stringify({ apiKeys: [{ key: 'k' }], requests: [{ method: 'POST', url: '/api/tenant' }] }),
  );
  expect(await emulator.written(/could not start: .*\n/)).toContain('was answered 400');
  await writeFile(file, withKey('right'));
  await emulator.written(/API key right\n/);
  expect(await emulator.stop()).toBe(0);
});
