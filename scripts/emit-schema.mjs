// Writes schema.graphql from the resolvers and session-policy.schema.json from the language of policies, as built in
// dist/; with --check, fails when a file differs instead.
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql/index.js';
import { createSchema } from '../dist/graphql/schema/schema.js';
import { policyJsonSchema } from '../dist/policy/language.js';

const files = {
  // Nothing is executed, so the resolvers get no use cases.
  'schema.graphql': `${printSchema(lexicographicSortSchema(createSchema({}, {})))}\n`,
  'session-policy.schema.json': `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
};

for (const [name, emitted] of Object.entries(files)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) await writeFile(file, emitted);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== emitted) {
    process.stderr.write(`${name} differs from the code. Run \`npm run schema\` and commit the result.\n`);
    process.exitCode = 1;
  }
}
