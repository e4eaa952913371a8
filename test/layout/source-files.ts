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

export function importsOf(path: string, text: string): SourceFile['imports'] {
  const found: { target: string; isDynamic: boolean }[] = [];
  const add = (specifier: ts.Node | undefined, isDynamic: boolean) => {
    if (specifier !== undefined && ts.isStringLiteral(specifier)) {
      found.push({ target: targetOf(path, specifier.text), isDynamic });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier, false);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], true);
    ts.forEachChild(node, visit);
  };
  visit(
    ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, path.endsWith('x') ? ts.ScriptKind.TSX : undefined),
  );
  return found;
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
