import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-files-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function problems(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const loaded = await loadConfig(env);
  return loaded.ok ? [] : loaded.problems;
}

describe('TRUSTED_DOCUMENTS_FILE', () => {
  const cases: [string, (path: string) => Promise<unknown>, RegExp][] = [
    ['missing', async () => undefined, /cannot be read: there is no such file$/],
    ['empty', (path) => writeFile(path, ''), /is empty$/],
    ['without-documents', (path) => writeFile(path, '{}'), /holds no document/],
    ['no-json', (path) => writeFile(path, '{'), /must be JSON: /],
    ['list', (path) => writeFile(path, '[]'), /must be a JSON object/],
    ['directory', (path) => mkdir(path), /is a directory/],
    ['pipe', (path) => promisify(execFile)('mkfifo', [path]), /is a pipe or a device/],
  ];

  it.each(cases)(
    'that is of no use (%s) is one of the problems, with its path and the cause',
    async (name, make, cause) => {
      const path = join(folder, name);
      await make(path);
      const found = await problems({ TRUSTED_DOCUMENTS_FILE: path, PORT: 'x', LOG_LEVEL: 'x' });
      expect(found.map((problem) => problem.split(':')[0])).toEqual(['PORT', 'LOG_LEVEL', 'TRUSTED_DOCUMENTS_FILE']);
      expect(found[2]).toContain(path);
      expect(found[2]).toMatch(cause);
      expect(found[2]).not.toContain('\n');
    },
  );

  it.skipIf(process.getuid?.() === 0)('that may not be read is one, too', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, '{}');
    await chmod(path, 0);
    expect(await problems({ TRUSTED_DOCUMENTS_FILE: path })).toEqual([expect.stringMatching(/may not read it$/)]);
  });

  it('of /dev/zero is refused at once', async () => {
    expect(await problems({ TRUSTED_DOCUMENTS_FILE: '/dev/zero' })).toEqual([
      expect.stringMatching(/pipe or a device/),
    ]);
  });
});
