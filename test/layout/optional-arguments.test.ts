import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

const folder = new URL('../../src/', import.meta.url);

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(new URL(path, folder), 'utf8');
    return { path, source: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
  });

function nodesOf(root: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

const isOptionalArgument = (text: string) => /^Arg\(/.test(text) && /\bnullable: true\b/.test(text);

/** Decorators that several resolvers share: `const FirstArg = Arg(…, { nullable: true })`. */
const shared = new Set(
  sources
    .flatMap(({ source }) => nodesOf(source))
    .filter((node) => ts.isVariableDeclaration(node))
    .filter(({ initializer }) => isOptionalArgument(initializer?.getText() ?? ''))
    .map(({ name }) => name.getText()),
);

/** The parameters of resolvers that a caller may leave out: those with `@Arg(…, { nullable: true })`. */
const optional = sources
  .filter(({ path }) => path.endsWith('.resolver.ts'))
  .flatMap(({ path, source }) =>
    nodesOf(source)
      .filter((node) => ts.isParameter(node))
      .filter((node) =>
        (ts.getDecorators(node) ?? [])
          .map(({ expression }) => expression.getText())
          .some((text) => shared.has(text) || isOptionalArgument(text)),
      )
      .map((node) => ({ name: `${path}: ${node.name.getText()}`, type: node.type?.getText() ?? '' })),
  );

it('there are optional arguments', () => {
  expect(optional.length).toBeGreaterThanOrEqual(20);
});

it.each(optional)('$name says that it can be null and undefined', ({ type }) => {
  expect(type).toMatch(/^Optional<.+>$/);
});
