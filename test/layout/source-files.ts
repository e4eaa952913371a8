import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../src/', import.meta.url));

interface SourceFile {
  /** Relative to src, such as `domain/session.ts`. */
  readonly path: string;
  readonly text: string;
  /** What it imports: packages by name, own files relative to src. */
  readonly imports: readonly { readonly target: string; readonly isDynamic: boolean }[];
}

export const files: readonly SourceFile[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });

/** By the scanner of TypeScript, which takes a fifth of the time of a syntax tree. */
export function importsOf(path: string, text: string): SourceFile['imports'] {
  return ts.preProcessFile(text).importedFiles.map(({ fileName, pos }) => ({
    target: targetOf(path, fileName),
    isDynamic: /\bimport\($/.test(text.slice(0, pos).trimEnd()),
  }));
}

function targetOf(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const target = relative(root, join(root, dirname(path), specifier));
  const isMarkup = existsSync(join(root, target.replace(/\.js$/, '.tsx')));
  return target.replace(/\.js$/, isMarkup ? '.tsx' : '.ts');
}

export const folderOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : '');
export const isOwn = (target: string) => /\.(tsx?|css)$/.test(target);
export const packageOf = (target: string) =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

/** Imports of the files that match, as `importer -> imported`. */
export function importsFrom(
  where: (path: string) => boolean,
  what: (target: string, isDynamic: boolean) => boolean,
): string[] {
  return files
    .filter(({ path }) => where(path))
    .flatMap(({ path, imports }) =>
      imports.filter(({ target, isDynamic }) => what(target, isDynamic)).map(({ target }) => `${path} -> ${target}`),
    );
}

export const within =
  (...folders: string[]) =>
  (path: string) =>
    folders.includes(folderOf(path));
export const importing =
  (...packages: string[]) =>
  (target: string) =>
    !isOwn(target) && packages.includes(packageOf(target));
