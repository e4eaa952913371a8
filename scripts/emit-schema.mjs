// Writes schema.graphql from the resolvers as built in dist/; with --check, fails when the file differs instead.
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql/index.js';
import { createSchema } from '../dist/graphql/schema/schema.js';

const file = new URL('../schema.graphql', import.meta.url);
// Nothing is executed, so the resolvers get no use cases.
const emitted = `${printSchema(lexicographicSortSchema(createSchema({})))}\n`;

if (process.argv.includes('--check')) {
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current !== emitted) {
    process.stderr.write('schema.graphql differs from the resolvers. Run `npm run schema` and commit the result.\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, emitted);
}
