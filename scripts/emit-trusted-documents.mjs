// Writes trusted-documents.json, the operations of dist/operations and of the guard and the client by the SHA-256 of their text as
// clients print it; with --check, fails when the file differs instead.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { print } from 'graphql';
import * as client from '../dist/client/documents.js';
import * as guard from '../dist/guard/messages.js';
import * as operations from '../dist/operations/operations.js';

const file = new URL('../trusted-documents.json', import.meta.url);
const documents = Object.entries({ ...operations, ...guard, ...client })
  .filter(([name]) => /Document$/i.test(name))
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([, document]) => (typeof document === 'string' ? document : print(document)));
const manifest = documents.map((text) => [createHash('sha256').update(text).digest('hex'), text]);
const emitted = `${JSON.stringify(Object.fromEntries(manifest), null, 2)}\n`;

if (process.argv.includes('--check')) {
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current !== emitted) {
    process.stderr.write('trusted-documents.json differs from src/operations. Run `npm run codegen` and commit it.\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, emitted);
}
