import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

const folder = new URL('../../src/', import.meta.url);

/** The parameters of resolvers that a caller may leave out: those with `@Arg(…, { nullable: true })`. */
const optional = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.resolver.ts'))
  .flatMap((path) => {
    const found: { readonly name: string; readonly type: string }[] = [];
    const source = ts.createSourceFile(path, readFileSync(new URL(path, folder), 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isParameter(node)) {
        const decorators = (ts.getDecorators(node) ?? []).map((decorator) => decorator.getText(source));
        if (decorators.some((text) => /^@Arg\(/.test(text) && /\bnullable: true\b/.test(text))) {
          found.push({ name: `${path}: ${node.name.getText(source)}`, type: node.type?.getText(source) ?? '' });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });

it('there are optional arguments', () => {
  expect(optional.length).toBeGreaterThanOrEqual(20);
});

it.each(optional)('$name says that it can be null and undefined', ({ type }) => {
  expect(type).toMatch(/^Optional<.+>$/);
});
