import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { startTestService } from '../support/service.js';

const acme = 'aaaaaaaa-0000-0000-0000-000000000001';
const shop = 'dddddddd-0000-0000-0000-000000000004';
const dayMs = 86_400_000;

let build: string;

beforeAll(async () => {
  build = await buildService();
}, buildTimeoutMs);

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const command = `${build}/main.js`;
    const child = execFile(process.execPath, [command, 'service-key', ...args], { env: {} }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

function readOutput(stdout: string): { readonly key: string; readonly entry: string } {
  const [, key = '', entry = ''] = /^Key, .*\n {2}(\S+)\nEntry .*\n {2}(\{.*\})\n$/.exec(stdout) ?? [];
  return { key, entry };
}

describe('the service-key command', () => {
  it('makes a key that works with the entry it prints, and with nothing else', async () => {
    const { exitCode, stdout, stderr } = await run(
      ...['--name', 'shop-backend', '--permissions', 'session:read, session:enforce'],
      ...['--tenants', acme, '--applications', shop, '--expires-in-days', '2'],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { key, entry } = readOutput(stdout);
    await using service = await startTestService({ env: { SERVICE_KEYS: `[${entry}]` } });
    const document = '{ viewer { name permissions tenantIds applicationIds } }';
    expect(await service.data(document, {}, { key })).toEqual({
      viewer: {
        name: 'shop-backend',
        permissions: ['session:read', 'session:enforce'],
        tenantIds: [acme],
        applicationIds: [shop],
      },
    });
    service.emulator.clock.advance(3 * dayMs);
    expect((await service.query(document, {}, { key })).status).toBe(401);
  });

  it('prints the key once, and only its hash in the entry', async () => {
    const { stdout } = await run('--name', 'shop', '--permissions', 'session:read');
    const { key, entry } = readOutput(stdout);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(stdout.split(key)).toHaveLength(2);
    expect(entry).not.toContain(key);
    expect(Object.keys(JSON.parse(entry) as object)).toEqual(['name', 'sha256', 'permissions']);
  });

  it('never makes the same key twice', async () => {
    const runs = await Promise.all(
      Array.from({ length: 3 }, () => run('--name', 'a', '--permissions', 'session:read')),
    );
    expect(new Set(runs.map(({ stdout }) => readOutput(stdout).key)).size).toBe(3);
  });

  it('accepts every permission there is, and names them all in its help', async () => {
    const { exitCode, stdout } = await run('--help');
    expect(exitCode).toBe(0);
    for (const permission of permissions) expect(stdout).toContain(permission);
    expect((await run('--name', 'all', '--permissions', permissions.join(','))).exitCode).toBe(0);
  });

  it.each<[string, RegExp, readonly string[]]>([
    ['no arguments', /^Missing: --name and --permissions\n\nUsage/, []],
    ['no permissions', /^Missing: --permissions\n\nUsage/, ['--name', 'a']],
    ['an unknown permission', /--permissions: must be among/, ['--name', 'a', '--permissions', 'session:everything']],
    ['an empty list of permissions', /--permissions: /, ['--name', 'a', '--permissions', '']],
    ['a name that a log line could not hold', /--name: must be/, ['--name', 'a b\n', '--permissions', 'session:read']],
    [
      'a tenant that is no id',
      /--tenants: must be a UUID/,
      ['--name', 'a', '--permissions', 'session:read', '--tenants', 'acme'],
    ],
    [
      'an application that is no id',
      /--applications: must be a UUID/,
      ['--name', 'a', '--permissions', 'session:read', '--applications', `${shop},`],
    ],
    [
      'days that are no number',
      /--expires-in-days: /,
      ['--name', 'a', '--permissions', 'session:read', '--expires-in-days', 'never'],
    ],
    [
      'no day at all',
      /--expires-in-days: /,
      ['--name', 'a', '--permissions', 'session:read', '--expires-in-days', '0'],
    ],
    [
      'more days than a date can hold',
      /--expires-in-days: /,
      ['--name', 'a', '--permissions', 'session:read', '--expires-in-days', '999999999999'],
    ],
    [
      'an unknown option',
      /^Unknown option '--admin'.*\n\nUsage/,
      ['--name', 'a', '--permissions', 'session:read', '--admin'],
    ],
    [
      'a stray word',
      /^Unexpected argument 'shop'.*\n\nUsage/,
      ['shop', '--name', 'a', '--permissions', 'session:read'],
    ],
  ])('with %s says what is wrong and makes no key', async (_what, problem, args) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(problem);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
  });
});
