// Prepares a release: node scripts/release.mjs 0.2.0 [--date 2026-12-01]. Writes the version wherever it stands, gives the unreleased
// part of the changelog its heading, and keeps the schema as what callers rely on from now on. --notes prints the part of the
// changelog that belongs to the version of package.json. Another folder than the repository can be given by --in.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    notes: { type: 'boolean', default: false },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    in: { type: 'string', default: fileURLToPath(new URL('../', import.meta.url)) },
  },
});
const read = (file) => readFileSync(join(values.in, file), 'utf8');
const write = (file, text) => writeFileSync(join(values.in, file), text);

/** Where the version stands besides package.json: each file, and how. */
const places = {
  'package-lock.json': (version) => `"version": "${version}"`,
  'compose.yaml': (version) => `image: fusionauth-sessions:${version}`,
  Dockerfile: (version) => `fusionauth-sessions:${version}`,
  'docs/guides/deploy.md': (version) => `fusionauth-sessions:${version}`,
  'deploy/helm/fusionauth-sessions/Chart.yaml': (version) => `ersion: ${version}`,
};

const manifest = JSON.parse(read('package.json'));
if (values.notes) process.stdout.write(partOf(manifest.version));
else prepare(positionals[0] ?? '', manifest.version);

function prepare(version, current) {
  const changelog = read('CHANGELOG.md');
  const unreleased = partOf('Unreleased');
  if (unreleased.trim() === '') fail('CHANGELOG.md has nothing under "## Unreleased".');
  const isFirst = !/^## \d/m.test(changelog);
  const lowest = isFirst ? current : next(current, /^- Breaking:/m.test(unreleased), /^### Added/m.test(unreleased));
  if (!/^\d+\.\d+\.\d+$/.test(version)) fail(`Give a version such as ${lowest}.`);
  if (compare(version, lowest) < 0) fail(`The changes since ${current} ask for ${lowest} or higher, not ${version}.`);
  for (const [file, form] of Object.entries(places)) {
    const text = read(file);
    // In the lock the first two are this package.
    const parts = text.split(form(current));
    if (parts.length === 1) fail(`${file} does not name the version ${current}.`);
    const count = file === 'package-lock.json' ? 2 : parts.length - 1;
    write(
      file,
      parts.reduce((before, part, index) => before + form(index <= count ? version : current) + part),
    );
  }
  write('package.json', read('package.json').replace(`"version": "${current}"`, `"version": "${version}"`));
  write('CHANGELOG.md', changelog.replace('## Unreleased\n', `## Unreleased\n\n## ${version} - ${values.date}\n`));
  copyFileSync(join(values.in, 'schema.graphql'), join(values.in, 'schema.released.graphql'));
  process.stdout.write(`Prepared ${version}. Look at the difference, commit it, and tag it v${version}.\n`);
}

/** Before 1.0.0, what breaks callers raises the second number, and all else the third. */
function next(current, breaks, adds) {
  const [major, minor, patch] = current.split('.').map(Number);
  if (breaks) return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;
  return adds && major > 0 ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function compare(one, other) {
  const numbers = [one, other].map((version) => version.split('.').map(Number));
  const index = numbers[0].findIndex((number, place) => number !== numbers[1][place]);
  return index === -1 ? 0 : numbers[0][index] - numbers[1][index];
}

function partOf(heading) {
  const parts = read('CHANGELOG.md').split(/^## /m);
  const part = parts.find((one) => one.startsWith(`${heading}\n`) || one.startsWith(`${heading} - `)) ?? '';
  return part.slice(part.indexOf('\n') + 1).trimStart();
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
