// A plugin of graphql-codegen: the operations of the console as the hashes under which the service knows their texts.
// A browser then needs neither the texts nor the parts of a GraphQL library that print them.
import { createHash } from 'node:crypto';
import { Kind, print, visit } from 'graphql';

export function plugin(_schema, files) {
  const definitions = files.flatMap(({ document }) => document.definitions);
  const fragments = new Map(
    definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]),
  );
  const operations = definitions
    .filter(({ kind, name }) => kind === Kind.OPERATION_DEFINITION && name?.value.startsWith('Console'))
    .map((operation) => ({
      name: operation.name.value,
      type: `${operation.name.value}${operation.operation[0].toUpperCase()}${operation.operation.slice(1)}`,
      sha256: createHash('sha256').update(printed(operation, fragments)).digest('hex'),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const types = operations.flatMap(({ type }) => [type, `${type}Variables`]).sort();
  return [
    '// Written by `npm run codegen`.',
    `import type {\n${types.map((type) => `  ${type},\n`).join('')}} from '../../operations/operations.js';`,
    "import type { TrustedDocument } from './trusted-document.js';",
    ...operations.map(
      ({ name, type, sha256 }) =>
        `\nexport const ${name}: TrustedDocument<${type}, ${type}Variables> = {\n  sha256: '${sha256}',\n};`,
    ),
    '',
  ].join('\n');
}

/** The text as `print` gives it for the operation of src/operations/operations.ts. */
function printed(operation, fragments) {
  const used = new Map();
  const collect = (node) =>
    visit(node, {
      FragmentSpread({ name }) {
        if (used.has(name.value)) return;
        used.set(name.value, fragments.get(name.value));
        collect(fragments.get(name.value));
      },
    });
  collect(operation);
  return print({ kind: Kind.DOCUMENT, definitions: [operation, ...used.values()] });
}
