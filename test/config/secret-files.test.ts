import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { secretNames } from '../../src/config/variables/secret-files.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}`);
  await writeFile(path, text);
  return path;
}

async function problemsOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const loaded = await loadConfig(env);
  return loaded.ok ? [] : loaded.problems;
}

const url = 'http://127.0.0.1:1';

describe('a secret in a file', () => {
  it.each([
    ['as it is', 'the-api-key'],
    ['without the line break at its end', 'the-api-key\n'],
    ['without that of Windows', 'the-api-key\r\n'],
  ])('is read %s', async (_what, text) => {
    const loaded = await loadConfig({ FUSIONAUTH_URL: url, FUSIONAUTH_API_KEY_FILE: await fileWith(text) });
    expect(loaded).toMatchObject({ ok: true, secrets: { fusionAuthApiKey: 'the-api-key' } });
  });

  it('holds service keys as the variable does', async () => {
    const keys = [{ name: 'shop', sha256: 'a'.repeat(64), permissions: ['session:read'] }];
    const loaded = await loadConfig({ SERVICE_KEYS_FILE: await fileWith(`${JSON.stringify(keys)}\n`) });
    expect(loaded).toMatchObject({ ok: true, secrets: { serviceKeys: [{ name: 'shop' }] } });
  });

  it.each(secretNames)('is a problem beside the variable itself: %s', async (name) => {
    const path = await fileWith('a-secret-of-more-than-32-characters-in-all');
    expect(await problemsOf({ [name]: 'x', [`${name}_FILE`]: path })).toEqual([
      `${name}_FILE: is not accepted together with ${name}. Set one of them`,
    ]);
  });

  it('is checked like the variable, and never shown', async () => {
    const path = await fileWith('has spaces inside');
    const problems = await problemsOf({ FUSIONAUTH_URL: url, FUSIONAUTH_API_KEY_FILE: path });
    expect(problems).toEqual([expect.stringMatching(/^FUSIONAUTH_API_KEY: must be the API key alone/)]);
    expect(problems.join()).not.toContain('has spaces');
  });

  it.each(['postgres://service:the-secret@db:5432/sessions', 'the-secret', `the-secret${'x'.repeat(5_000)}`])(
    'is not repeated where it stands in the variable of the file: %.20s',
    async (secret) => {
      for (const name of secretNames) {
        const problems = await problemsOf({ [`${name}_FILE`]: secret });
        expect(problems).toContain(
          `${name}_FILE: must be the path of a file, not the secret itself, and names none that is there`,
        );
        expect(problems.join()).not.toContain('the-secret');
      }
    },
  );

  it('is a problem when there is no such file, nothing in it, too much, or no file', async () => {
    const [empty, large] = [await fileWith('\n'), await fileWith('x'.repeat(65_537))];
    const problem = async (path: string) =>
      problemsOf({ FUSIONAUTH_URL: url, FUSIONAUTH_API_KEY_FILE: path }).then(([first]) => first);
    expect(await problem('/nowhere/at/all')).toBe('FUSIONAUTH_API_KEY_FILE: /nowhere/at/all cannot be read (ENOENT)');
    expect(await problem(empty)).toBe(`FUSIONAUTH_API_KEY_FILE: ${empty} is empty`);
    expect(await problem(large)).toBe(`FUSIONAUTH_API_KEY_FILE: ${large} is larger than 65536 bytes`);
    expect(await problem(folder)).toBe(`FUSIONAUTH_API_KEY_FILE: ${folder} is not a file`);
  });
});
