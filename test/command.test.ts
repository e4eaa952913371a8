import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { programUnderTest } from './support/program.js';
import { startRawServer } from './support/raw-server.js';

const { build, start } = programUnderTest();

describe('the command', () => {
  it.each([
    [['--help'], /^Usage: fusionauth-sessions/],
    [['help'], /^Usage: fusionauth-sessions/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['service-key', '--help'], /^Usage: fusionauth-sessions service-key/],
    [['emulator', '--help'], /^Usage: fusionauth-sessions emulator/],
    [['service-key', '-h'], /^Usage: fusionauth-sessions service-key/],
    [['doctor', '-h'], /^Usage: fusionauth-sessions doctor/],
    [['console-setup', '-h'], /^Usage: fusionauth-sessions console-setup/],
    [['erase-user', '-h'], /^Usage: fusionauth-sessions erase-user/],
    [['policy', '-h'], /^Usage: fusionauth-sessions policy/],
    [['emulator', '-h'], /^Usage: fusionauth-sessions emulator/],
  ])('%j answers and starts nothing', async (args, answer) => {
    const running = start({}, { args });
    expect(await running.exited).toBe(0);
    expect(running.stdout()).toMatch(answer);
    expect(running.stderr()).toBe('');
  });

  it.each([
    [['serve'], /^fusionauth-sessions has no command "serve"\. .*see --help\.\n$/],
    [['--port=1'], /^fusionauth-sessions has no option "--port=1"\. .*see --help\.\n$/],
    [['emulator', '--prot', '1'], /^The emulator could not start: Unknown option '--prot'/],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const running = start({}, { args });
    expect(await running.exited).toBe(1);
    expect(running.stderr()).toMatch(sentence);
    expect(running.stderr()).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['a reader that has seen enough', '| true', /^0\n$/],
    ['a full disk', '>/dev/full', /^Standard output cannot be written: ENOSPC\b.*\n2\n$/],
  ])('ends with no more than a sentence where its output meets %s', async (_what, output, expected) => {
    const key = `'${process.execPath}' '${build()}/main.js' service-key --name shop --permissions session:read`;
    const { stderr } = await promisify(execFile)('sh', ['-c', `{ ${key}; echo $? >&2; } ${output}`]);
    expect(stderr).toMatch(expected);
  });

  it('that starts the service says in a sentence that its working directory is gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gone-'));
    const inFolder = `cd '${folder}' && rmdir '${folder}' && '${process.execPath}' '${build()}/main.js'`;
    const ended = promisify(execFile)('sh', ['-c', inFolder], {
      env: { PORT: '0', EMULATOR_PORT: '0', PATH: process.env['PATH'] },
    });
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The working directory .*\n$/),
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends a command at once on %s, whatever it waits for', async (signal, exitCode) => {
    await using silent = await startRawServer(() => undefined);
    const env = { FUSIONAUTH_URL: silent.url, FUSIONAUTH_API_KEY: 'key' };
    const running = start(env, { args: ['policy', 'simulate'] });
    await expect.poll(() => silent.requests.length, { timeout: 60_000 }).toBeGreaterThan(0);
    running.process.kill(signal);
    expect([await running.exited, running.stdout(), running.stderr()]).toEqual([exitCode, '', '']);
  });

  it('starts an emulator alone, which stops like the service', async () => {
    const running = start({}, { args: ['emulator', '--port', '0', '--demo'] });
    const [, url] = await running.printed(/FusionAuth emulator on (\S+)\n/);
    await running.printed(/alice/);
    expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(0);
  });

  it('says which Node.js it needs to one that is too old', async () => {
    const before = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });`;
    const running = start({}, { before });
    expect(await running.exited).toBe(1);
    expect(running.stderr()).toMatch(
      /^fusionauth-sessions needs Node\.js 20\.19 or newer, and this is 18\.20\.4 .*\n$/,
    );
    expect(running.stdout()).toBe('');
  });
});
