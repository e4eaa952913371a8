// Writes the pages of docs/reference that are made from code, as built in dist/; with --check, fails when one differs.
import { readFile, writeFile } from 'node:fs/promises';
import { configurationPage } from './pages/configuration.mjs';
import { operationsPage } from './pages/operations.mjs';

const pages = { 'configuration.md': configurationPage(), 'operations.md': operationsPage() };

for (const [name, text] of Object.entries(pages)) {
  const file = new URL(`../docs/reference/${name}`, import.meta.url);
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`docs/reference/${name} differs from the code. Run \`npm run docs\` and commit the result.\n`);
    process.exitCode = 1;
  }
}
