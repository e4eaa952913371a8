// Compiles src into dist, bundles the service into dist/bundle, and src/console into dist/console. With --if-needed only where
// what is there was not made of the sources, the settings and the packages that are there now: `npm start` takes no longer
// than it must, and is right after a pull all the same.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const stampPath = join(root, 'dist', '.built');
const compilerPath = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const bundlerPath = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const bundlerSettings = 'console.vite.config.ts';
const serviceBundler = 'scripts/bundle.mjs';

const all = readdirSync(join(root, 'src'), { recursive: true })
  .map((path) => `${path}`.replaceAll('\\', '/'))
  .sort();
// For browsers: bundled, not compiled file by file.
const ofConsole = all.filter((path) => /^console\/.*\.\w+$/.test(path));
const sources = all.filter((path) => path.endsWith('.ts') && !ofConsole.includes(path));
const hasService = sources.includes('command-line.ts');
// Read when the program runs, as they are.
const migrations = all.filter((path) => path.endsWith('.sql'));
const settings = ['tsconfig.json', 'tsconfig.build.json', bundlerSettings, serviceBundler, 'package-lock.json'];
const inputs = [...settings, ...[...sources, ...migrations, ...ofConsole].map((path) => `src/${path}`)];
const stamp = sha256(inputs.map((path) => `${path} ${sha256(read(path))}\n`).join(''));
const outputs = [
  ...sources.map((path) => `dist/${path.replace(/\.ts$/, '.js')}`),
  ...migrations.map((path) => `dist/${path}`),
  // The names of the others change with what they hold.
  ...(ofConsole.length > 0 ? ['dist/console/index.html'] : []),
  ...(hasService ? ['dist/bundle/command-line.js'] : []),
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
  runTool(compilerPath, '-p', 'tsconfig.build.json');
  if (ofConsole.length > 0) runTool(bundlerPath, 'build', '--config', bundlerSettings, '--logLevel', 'warn');
  for (const path of migrations) {
    mkdirSync(dirname(join(root, 'dist', path)), { recursive: true });
    cpSync(join(root, 'src', path), join(root, 'dist', path));
  }
  if (hasService) runTool(join(root, serviceBundler));
  removeLeftovers();
  writeFileSync(stampPath, stamp);
}

function runTool(path, ...options) {
  const { status } = spawnSync(process.execPath, [path, ...options], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Outputs of sources that are gone would be published, and could be imported by mistake. */
function removeLeftovers() {
  const known = new Set(outputs.map((path) => path.slice('dist/'.length).replace(/\.(js|sql)$/, '')));
  for (const path of readdirSync(join(root, 'dist'), { recursive: true })) {
    if (/^(console|bundle)[\\/]/.test(`${path}`)) continue;
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
