// Packs the service, and the guard and the client as packages of their own from the same build: without the server's
// dependencies, as ES modules and as CommonJS. `npm run pack:all [folder]`; needs `npm run build`.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../', import.meta.url));
const target = resolve(process.argv[2] ?? join(root, 'tarballs'));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const packages = [
  {
    name: 'fusionauth-sessions-guard',
    description: 'Refuses access tokens of revoked FusionAuth sessions at once',
    guide: 'docs/guides/refuse-revoked-tokens.md',
    own: 'fusionauth-sessions/guard',
    entries: {
      '.': 'guard/guard',
      './express': 'guard/express',
      './fastify': 'guard/fastify',
      './fetch': 'guard/fetch',
      './hono': 'guard/hono',
      './koa': 'guard/koa',
    },
  },
  {
    name: 'fusionauth-sessions-client',
    description: 'Ends other FusionAuth sessions after a login, with attempts and a deadline inside',
    guide: 'docs/guides/after-login.md',
    own: 'fusionauth-sessions/client',
    entries: { '.': 'client/client' },
  },
];

mkdirSync(target, { recursive: true });
pack(root);
for (const one of packages) {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'));
  try {
    stage(one, folder);
    pack(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(folder) {
  const options = { cwd: folder, encoding: 'utf8' };
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], options),
  );
  process.stdout.write(`${join(target, filename)}\n`);
}

function stage({ name, description, guide, own, entries }, folder) {
  const modules = [...reachedFrom(Object.values(entries))];
  for (const module of modules) {
    for (const format of ['esm', 'cjs']) {
      const file = join(folder, format, module);
      mkdirSync(dirname(file), { recursive: true });
      const script = readFileSync(join(root, 'dist', `${module}.js`), 'utf8');
      writeFileSync(`${file}.js`, withoutMap(format === 'esm' ? script : asCommonJs(script)));
      writeFileSync(`${file}.d.ts`, withoutMap(readFileSync(join(root, 'dist', `${module}.d.ts`), 'utf8')));
    }
  }
  // Files of a folder are of the kind that the nearest manifest says.
  writeFileSync(join(folder, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  const text = readFileSync(join(root, guide), 'utf8')
    .replaceAll(own, name)
    .replaceAll(/\]\((?!https?:)[^)]*\)/g, ']');
  writeFileSync(join(folder, 'README.md'), text);
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const { version, license, engines, repository } = manifest;
  const common = { name, version, description, license, type: 'module', engines, repository };
  const subpaths = Object.entries(entries).filter(([path]) => path !== '.');
  const own10 = Object.fromEntries(subpaths.map(([path, file]) => [path.slice(2), [`./cjs/${file}.d.ts`]]));
  const written = {
    ...common,
    main: `./cjs/${entries['.']}.js`,
    types: `./cjs/${entries['.']}.d.ts`,
    exports: {
      ...Object.fromEntries(Object.entries(entries).map(([path, file]) => [path, conditionsOf(file)])),
      './package.json': './package.json',
    },
    ...(subpaths.length === 0 ? {} : { typesVersions: { '*': own10 } }),
    files: ['esm', 'cjs'],
    sideEffects: false,
    dependencies: dependenciesOf(modules),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(written, null, 2)}\n`);
}

function conditionsOf(file) {
  const of = (format) => ({ types: `./${format}/${file}.d.ts`, default: `./${format}/${file}.js` });
  return { import: of('esm'), require: of('cjs') };
}

/** The modules of dist that these import, themselves included, without their extension. */
function reachedFrom(entries) {
  const found = new Set();
  const visit = (module) => {
    if (found.has(module)) return;
    found.add(module);
    for (const specifier of importsOf(module)) {
      if (specifier.startsWith('.'))
        visit(relative(join(root, 'dist'), join(root, 'dist', dirname(module), specifier)).replace(/\.js$/, ''));
    }
  };
  for (const entry of entries) visit(entry);
  return found;
}

function importsOf(module) {
  const texts = ['.js', '.d.ts'].map((end) => readFileSync(join(root, 'dist', `${module}${end}`), 'utf8'));
  return texts.flatMap((text) => ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName));
}

/** Pinned for the service; a library takes what is compatible. */
function dependenciesOf(modules) {
  const names = new Set(modules.flatMap(importsOf).filter((specifier) => !specifier.startsWith('.')));
  return Object.fromEntries([...names].sort().map((name) => [name, `^${manifest.dependencies[name]}`]));
}

function asCommonJs(script) {
  const { outputText } = ts.transpileModule(script, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  return outputText;
}

/** The sources that a map would lead to are not packed. */
function withoutMap(text) {
  return text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
}
