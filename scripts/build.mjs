// Compiles src into dist. With --if-needed only where what is there was not made of the sources, the settings and the
// packages that are there now: `npm start` takes no longer than it must, and is right after a pull all the same.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const stampPath = join(root, 'dist', '.built');
const compilerPath = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const all = readdirSync(join(root, 'src'), { recursive: true })
  .map((path) => `${path}`.replaceAll('\\', '/'))
  .sort();
const sources = all.filter((path) => path.endsWith('.ts'));
// Read when the program runs, as they are.
const migrations = all.filter((path) => path.endsWith('.sql'));
const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const inputs = [...settings, ...[...sources, ...migrations].map((path) => `src/${path}`)];
const stamp = sha256(inputs.map((path) => `${path} ${sha256(read(path))}\n`).join(''));
const outputs = [
  ...sources.map((path) => `dist/${path.replace(/\.ts$/, '.js')}`),
  ...migrations.map((path) => `dist/${path}`),
];

if (!process.argv.includes('--if-needed')) build();
else if (!isBuilt()) {
  if (existsSync(compilerPath)) build();
  else if (outputs.every((path) => existsSync(join(root, path)))) {
    process.stderr.write('What was built before is run: the sources are newer, and no compiler is installed.\n');
  } else fail('Nothing is built, and no compiler is installed: run npm ci first.');
}

function isBuilt() {
  return (
    existsSync(stampPath) &&
    readFileSync(stampPath, 'utf8') === stamp &&
    outputs.every((path) => existsSync(join(root, path)))
  );
}

function build() {
  if (!existsSync(compilerPath)) fail('No compiler is installed: run npm ci first.');
  // Nothing counts as built until all of it is.
  rmSync(stampPath, { force: true });
  const { status } = spawnSync(process.execPath, [compilerPath, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  for (const path of migrations) {
    mkdirSync(dirname(join(root, 'dist', path)), { recursive: true });
    cpSync(join(root, 'src', path), join(root, 'dist', path));
  }
  removeLeftovers();
  writeFileSync(stampPath, stamp);
}

/** Outputs of sources that are gone would be published, and could be imported by mistake. */
function removeLeftovers() {
  const known = new Set(outputs.map((path) => path.slice('dist/'.length).replace(/\.(js|sql)$/, '')));
  for (const path of readdirSync(join(root, 'dist'), { recursive: true })) {
    const name = `${path}`.replaceAll('\\', '/').replace(/(\.d\.ts|\.js|\.js\.map|\.sql)$/, '');
    if (name !== `${path}` && !known.has(name)) rmSync(join(root, 'dist', `${path}`), { force: true });
  }
}

/** Node.js 18 gets as far as the sentence of main.js, and has no shorter way to do this. */
function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

function read(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path)) : '';
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
