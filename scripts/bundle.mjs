// Bundles dist/command-line.js and all that it imports into dist/bundle, and has it lead there: reading and compiling 1,300
// files takes longer than everything else that a start does. Libraries and generators go on using the single files. What is
// bundled is readable, and says which file each part was, so that the lines of a stack lead there without a source map.
// Another folder than dist can be given.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const folder = join(dist, 'bundle');
const packages = join(root, 'node_modules');

/** Loaded on demand by few; the last one is optional, and not installed. */
const external = ['pg', 'node-pg-migrate', 'openid-client', '@graphql-yoga/render-graphiql', 'class-validator'];

const compilerOfNone = "module.exports = () => () => { throw new TypeError('Routes have no schemas'); };";

/** Code in place of packages that the service never uses as a whole. */
const replaced = {
  // Its index loads fetch, WebSocket, caches and mocks too: a twelfth of the start, and 5 MiB.
  undici: { for: 'fusionauth/transport.js', code: "export { default as Pool } from 'undici/lib/dispatcher/pool.js';" },
  // Only for writing answers by schema, which the service does not ask of graphql-jit. With its validator, which Fastify
  // leaves out likewise (http/without-schemas.ts), a twentieth of the start.
  'fast-json-stringify': { for: 'graphql-jit/dist/execution.js', ...neverUsed('Answers are written by the engine') },
  // The official client demands it for a transport that the service replaces: half a megabyte of tables.
  'node-fetch': neverUsed('Calls go through the transport'),
  // Compilers of schemas, which no route has (http/without-schemas.ts), and a client for tests.
  '@fastify/ajv-compiler': { code: compilerOfNone },
  '@fastify/fast-json-stringify-compiler': { code: compilerOfNone },
  'light-my-request': neverUsed('Requests come over sockets'),
  // For type definitions; Apollo Server is given a schema.
  '@graphql-tools/schema': {
    for: '@apollo/server/dist/esm/ApolloServer.js',
    code: "export const makeExecutableSchema = () => { throw new TypeError('The schema is made already'); };",
  },
  // Loads GraphQL.js anew with the first operation, to find out which one it is. Should that fail, because no file can be
  // opened at the moment, Node.js would remember the failure, and every operation fail until a restart.
  './incrementalDeliveryPolyfill.js': {
    for: '@apollo/server/dist/esm/requestPipeline.js',
    code: "export { execute as executeIncrementally } from 'graphql';",
  },
  // Its index loads the clients of a dozen stores.
  'rate-limiter-flexible': {
    code: ['Memory', 'Res']
      .map((part) => `export { default as RateLimiter${part} } from 'rate-limiter-flexible/lib/RateLimiter${part}.js';`)
      .join('\n'),
  },
  // Looks for node:crypto in a way that no ES module has, and hashes the schema in JavaScript then.
  '@apollo/utils.createhash': { code: "export { createHash } from 'node:crypto';" },
};

const bundle = await rolldown({
  input: join(dist, 'command-line.js'),
  platform: 'node',
  external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [replacements(), oneGraphQL(), ownAddresses(), inASCII()],
  onLog: (level, log) => {
    if (level === 'warn') throw new Error(log.message);
  },
});
rmSync(folder, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: folder,
  format: 'esm',
  // A quarter of the text, which would be read and kept.
  comments: false,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
});
await bundle.close();
writeFileSync(join(folder, 'LICENSES.txt'), licensesOf(output.flatMap(({ moduleIds = [] }) => moduleIds)));
writeFileSync(join(dist, 'command-line.js'), "export * from './bundle/command-line.js';\n");

function neverUsed(reason) {
  return { code: `export default () => { throw new TypeError(${JSON.stringify(reason)}); };` };
}

function replacements() {
  return {
    name: 'replacements',
    resolveId(id, importer) {
      const found = replaced[id];
      return found !== undefined && importer?.endsWith(found.for ?? '') ? `\0${id}` : null;
    },
    load: (id) => (id.startsWith('\0') ? (replaced[id.slice(1)]?.code ?? null) : null),
  };
}

/** ES modules and CommonJS modules ask for different files of graphql, which refuses objects of its other half. */
function oneGraphQL() {
  return {
    name: 'one-graphql',
    resolveId(id) {
      const path = /^graphql(\/.*)?$/.exec(id);
      return path === null ? null : join(packages, 'graphql', `${(path[1] ?? '/index').replace(/\.m?js$/, '')}.mjs`);
    },
  };
}

/** Files that the service reads lie where they did, seen from the module that names them. */
function ownAddresses() {
  return {
    name: 'own-addresses',
    transform(code, id) {
      if (!id.startsWith(dist) || !code.includes('import.meta.url')) return null;
      const address = JSON.stringify(relative(folder, id).replaceAll('\\', '/'));
      return { code: code.replaceAll('import.meta.url', `new URL(${address}, import.meta.url).href`), map: null };
    },
  };
}

/**
 * V8 keeps a text in two bytes for each character where a single one of them is beyond Latin 1, and so do most parts have
 * one: with the comments 6 MiB of an idle process, and a tenth of the time of a start.
 */
function inASCII() {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return {
    name: 'in-ascii',
    // After all other steps, which write characters as they are.
    generateBundle(_options, files) {
      for (const file of Object.values(files)) {
        if (file.type === 'chunk') file.code = file.code.replace(/[^\n\t -~]/g, escaped);
      }
    },
  };
}

/** Licences ask that their text goes along with the code. */
function licensesOf(modules) {
  const foreign = modules.filter((path) => !path.startsWith(dist));
  const folders = new Set(foreign.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean));
  return [...folders]
    .sort()
    .map(licenseOf)
    .join(`\n${'-'.repeat(80)}\n`);
}

function licenseOf(path) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const texts = readdirSync(path).filter((file) => /^(licen[sc]e|notice)/i.test(file));
  const text = texts.map((file) => readFileSync(join(path, file), 'utf8').trim()).join('\n\n');
  return `${name} ${version} (${license})\n\n${text}\n`;
}
