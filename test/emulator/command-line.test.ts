import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseCommandLine, startFromCommandLine } from '../../src/emulator/command-line.js';
import { demoIds } from '../../src/emulator/demo-data.js';

/** Starts an emulator with these arguments on any free port and returns what was written. */
async function started(...args: string[]) {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const command = parseCommandLine(['--port', '0', ...args], write);
  const emulator = command === undefined ? undefined : await startFromCommandLine(command, {}, write);
  return { emulator, written };
}

it('says where it listens and with which key', async () => {
  const { emulator, written } = await started('--api-key', 'some key');
  await using running = emulator;
  expect(running?.apiKey).toBe('some key');
  expect(written).toBe(`FusionAuth emulator on ${running?.url}\nAPI key some key\n`);
});

it('adds and names demo data when asked', async () => {
  const { emulator, written } = await started('--demo');
  await using running = emulator;
  expect(running?.store.sessionsOf(demoIds.alice)).toHaveLength(5);
  expect(written).toContain(`User ${demoIds.alice} alice@example.com, password "password"`);
});

it('carries a kickstart file out, with its key', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'command-line-'));
  const file = join(directory, 'kickstart.json');
  await writeFile(file, JSON.stringify({ apiKeys: [{ key: 'from file' }] }));
  const { emulator } = await started('--kickstart', file);
  await using running = emulator;
  await rm(directory, { recursive: true });
  expect(running?.apiKey).toBe('from file');
});

it('takes the key that was asked for beside those of a kickstart file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'command-line-'));
  const file = join(directory, 'kickstart.json');
  const request = { method: 'POST', url: '/api/application', body: { application: { name: 'Made' } } };
  await writeFile(file, JSON.stringify({ apiKeys: [{ key: 'from file' }], requests: [request] }));
  const { emulator, written } = await started('--kickstart', file, '--api-key', 'asked for');
  await using running = emulator;
  await rm(directory, { recursive: true });
  expect(running?.apiKey).toBe('asked for');
  expect(written).toContain('API key asked for\n');
  for (const authorization of ['asked for', 'from file']) {
    expect((await fetch(`${running?.url}/api/tenant`, { headers: { authorization } })).status).toBe(200);
  }
});

it('starts nothing when asked for help', async () => {
  const { emulator, written } = await started('--help');
  expect(emulator).toBeUndefined();
  expect(written).toContain('--kickstart FILE');
});

it('refuses unknown arguments and bad ports', async () => {
  await expect(started('--prot', '1')).rejects.toThrow('--prot');
  await expect(started('--api-key', '')).rejects.toThrow('--api-key must not be empty');
  await expect(started('--port', 'http')).rejects.toThrow('--port must be a number');
});
