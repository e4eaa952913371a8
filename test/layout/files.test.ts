import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { files } from './source-files.js';

describe('files', () => {
  it('read the environment in main.ts only', () => {
    const readers = files.filter(({ text }) => /\bprocess\s*\.\s*env\b|['"]env['"]/.test(withoutComments(text)));
    const allowed = ['main.ts', 'emulator/main.ts'];
    expect(readers.map(({ path }) => path).filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it('are no barrels', () => {
    expect(files.filter(({ path }) => /(^|\/)index\.ts$/.test(path)).map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ text }) => /^export \*/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  /** Written by graphql-codegen. */
  const generated = ['operations/operations.ts', 'console/api/documents.ts'];
  /** Texts that somebody translates are in one place. */
  const texts = ['console/texts.ts'];

  it('have at most 250 lines', () => {
    const long = files.filter(({ text }) => isLong(text)).map(({ path }) => path);
    expect(long.filter((path) => ![...generated, ...texts].includes(path))).toEqual([]);
  });

  it.each(['test', 'scripts'])('of %s have at most 250 lines, too', (folder) => {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.includes('node_modules'))
      .map((path) => join(folder, path));
    expect(paths.filter((path) => isLong(readFileSync(path, 'utf8')))).toEqual([]);
  });

  it('have kebab-case names', () => {
    const names = files.map(({ path }) => path.split('/').at(-1) ?? '');
    expect(
      names.filter(
        (name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(type|types|resolver|inputs|enums|scalar))?\.tsx?$/.test(name),
      ),
    ).toEqual([]);
  });

  it('keep the lines of examples in comments, which editors show', () => {
    const broken = files.filter(({ text }) => /^ *\*.*(\S.*```|```\w* +\S)/m.test(text.replace(/\* ?```\w*$/gm, '')));
    expect(broken.map(({ path }) => path)).toEqual([]);
  });

  it('suppress no check', () => {
    const suppressing = files.filter(({ text }) =>
      /@ts-(ignore|expect-error|nocheck)|biome-ignore|\bas any\b/.test(text),
    );
    expect(suppressing.map(({ path }) => path)).toEqual([]);
  });
});

function isLong(text: string): boolean {
  return text.split('\n').length - 1 > 250;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
