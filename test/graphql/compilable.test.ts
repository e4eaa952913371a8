import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isCompilable } from '../../src/graphql/engine/compilable.js';

function firstOperation({ definitions }: DocumentNode): OperationDefinitionNode {
  const [operation] = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new RangeError('There is no operation');
  return operation;
}

function canCompile(text: string): boolean {
  const document = parse(text);
  return isCompilable(document, firstOperation(document));
}

/** Each fragment twice in the one before it: 2 to the power of the depth, written out. */
function doubling(depth: number): string {
  const fragments = Array.from(
    { length: depth },
    (_, index) => `fragment F${index} on User { a: x { ...F${index + 1} } b: x { ...F${index + 1} } }`,
  );
  return `{ ...F0 } ${fragments.join(' ')} fragment F${depth} on User { id }`;
}

describe('compiled are', () => {
  it.each([
    ['values by variables', 'query ($id: ID!, $f: F) { sessions(userId: $id, filter: $f) { id } }'],
    [
      'numbers, switches and names of enums',
      '{ a(first: 5, x: 1.5, y: true, z: NAME, n: null, o: { l: [A] }) { id } }',
    ],
    ['fragments and aliases', '{ a: b { ...F ... on T { c } } } fragment F on T { x: y }'],
    ['the names of types', '{ __typename a { __typename } }'],
    ['fragments within reason', doubling(5)],
  ])('%s', (_what, text) => {
    expect(canCompile(text)).toBe(true);
  });
});

describe('left to graphql-js are', () => {
  it.each([
    ['mutations', 'mutation { a }'],
    ['subscriptions', 'subscription { a }'],
    ['texts', '{ a(b: "c") }'],
    ['texts within lists and objects', '{ a(b: { c: [["d"]] }) }'],
    ['block texts', '{ a(b: """c""") }'],
    ['texts in fragments', '{ ...F } fragment F on T { a(b: "c") }'],
    ['texts as defaults', 'query ($a: ID = "b") { c(d: $a) }'],
    ['texts beside the operation', 'query A { a } query B { b(c: "d") }'],
    ['directives of fields', 'query ($a: Boolean!) { b @include(if: $a) }'],
    ['directives of fragments', 'query ($a: Boolean!) { ...F @skip(if: $a) } fragment F on T { a }'],
    ['the schema', '{ __schema { queryType { name } } }'],
    ['types of the schema', '{ __type { name } }'],
    ['__proto__ as an alias', '{ __proto__: a }'],
    ['__proto__ as a variable', 'query ($__proto__: ID) { a(b: $__proto__) }'],
    ['__proto__ as an operation', 'query __proto__ { a }'],
    ['__proto__ as a fragment', '{ ...__proto__ } fragment __proto__ on T { a }'],
    ['fragments that multiply', doubling(9)],
  ])('%s', (_what, text) => {
    expect(canCompile(text)).toBe(false);
  });
});
