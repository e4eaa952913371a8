import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;

/** In place of the real compiler, which takes seconds: what is tried is when it is called, and what is made of its word. */
const compiler = `
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
mkdirSync('dist', { recursive: true });
for (const name of readdirSync('src')) {
  const text = readFileSync('src/' + name, 'utf8');
  writeFileSync('dist/' + name.replace(/ts$/, 'js'), text);
  if (text.includes('mistake')) process.exitCode = 2;
}
`;

/** A package of two small sources that is built as this one is. */
beforeEach(async () => {
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'small-'));
  for (const path of ['scripts', 'src', 'node_modules/typescript/bin'])
    await mkdir(join(folder, path), { recursive: true });
  for (const path of [
    'scripts/build.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
    'package.json',
  ]) {
    await copyFile(join(root, path), join(folder, path));
  }
  await writeFile(join(folder, 'node_modules/typescript/bin/tsc'), compiler);
  await writeFile(join(folder, 'node_modules/typescript/package.json'), '{}');
  await writeFile(join(folder, 'src', 'main.ts'), 'export const one = 1;\n');
  await writeFile(join(folder, 'src', 'other.ts'), 'export const other = 1;\n');
});

afterEach(() => rm(folder, { recursive: true }));

const build = (...options: readonly string[]) =>
  promisify(execFile)(process.execPath, ['scripts/build.mjs', ...options], { cwd: folder });
const output = (name: string) => readFile(join(folder, 'dist', name), 'utf8');
/** Would be overwritten by a build. */
const mark = () => writeFile(join(folder, 'dist', 'main.js'), 'marked');

describe('built if needed', () => {
  it('means nothing where what is there was made of what is there', async () => {
    await build('--if-needed');
    expect(await output('main.js')).toContain('one = 1');
    await mark();
    await build('--if-needed');
    expect(await output('main.js')).toBe('marked');
  });

  it('means a build where a source, a package or an output is another one', async () => {
    await build();
    await mark();
    await writeFile(join(folder, 'src', 'other.ts'), 'export const another = 1;\n');
    await build('--if-needed');
    expect(await output('main.js')).toContain('one = 1');

    await mark();
    await writeFile(join(folder, 'package-lock.json'), '{}');
    await build('--if-needed');
    expect(await output('main.js')).toContain('one = 1');

    await rm(join(folder, 'dist', 'other.js'));
    await build('--if-needed');
    expect(await output('other.js')).toContain('another = 1');

    await rm(join(folder, 'src', 'other.ts'));
    await build('--if-needed');
    await expect(output('other.js')).rejects.toThrow('ENOENT');

    await rm(join(folder, 'dist'), { recursive: true });
    await build('--if-needed');
    expect(await output('main.js')).toContain('one = 1');
  });

  it('means what is there where no compiler is', async () => {
    await build();
    await mark();
    await rm(join(folder, 'node_modules'), { recursive: true });
    await build('--if-needed');
    await writeFile(join(folder, 'src', 'main.ts'), 'export const two = 2;\n');
    expect((await build('--if-needed')).stderr).toMatch(/^What was built before is run/);
    expect(await output('main.js')).toBe('marked');
    await rm(join(folder, 'dist'), { recursive: true });
    await expect(build('--if-needed')).rejects.toThrow(/Nothing is built, and no compiler is installed/);
  });

  it('is not done with sources that do not compile', async () => {
    await writeFile(join(folder, 'src', 'main.ts'), 'export const mistake = 1;\n');
    await expect(build('--if-needed')).rejects.toThrow();
    await expect(build('--if-needed')).rejects.toThrow();
  });
});
