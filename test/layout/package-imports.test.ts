import { describe, expect, it } from 'vitest';
import { files, folderOf, importing, importsFrom, isOwn, packageOf } from './source-files.js';

/** Every package that is imported, and the folders that may; the empty one stands for the entry points. */
const foldersOf: Readonly<Record<string, readonly string[]>> = {
  '@apollo/server': ['graphql', 'http'],
  '@fastify/cookie': ['http', 'emulator'],
  '@fastify/cors': ['http'],
  '@fastify/static': ['http'],
  '@fusionauth/typescript-client': ['fusionauth'],
  '@graphql-typed-document-node/core': ['operations'],
  '@graphql-yoga/render-graphiql': ['http'],
  '@opentelemetry/api': ['observability'],
  dataloader: ['graphql'],
  'eventsource-parser': ['guard', 'console'],
  fastify: ['http', 'emulator', 'composition'],
  graphql: ['graphql'],
  'graphql-jit': ['graphql'],
  'graphql-scalars': ['graphql'],
  jose: ['tokens', 'auth', 'webhook', 'guard', 'emulator'],
  negotiator: ['http'],
  'node-pg-migrate': ['postgres'],
  'openid-client': ['auth'],
  'p-limit': ['application', 'fusionauth', 'emulator'],
  pg: ['postgres'],
  pino: ['observability', 'graphql', 'composition', ''],
  preact: ['console'],
  'prom-client': ['observability'],
  'rate-limiter-flexible': ['http', 'in-process'],
  'reflect-metadata': ['graphql'],
  'type-graphql': ['graphql'],
  undici: ['fusionauth', 'emulator'],
  yaml: ['policy'],
  zod: ['config', 'policy', 'webhook', 'emulator'],
};

describe('imports', () => {
  it.each(Object.entries(foldersOf))('of %s are in %j', (name, folders) => {
    expect(importsFrom((path) => !folders.includes(folderOf(path)), importing(name))).toEqual([]);
  });

  it('of packages are of those, and of Node.js', () => {
    const isNodes = (target: string) => target.startsWith('node:');
    const imported = files.flatMap(({ imports }) => imports.map(({ target }) => target));
    const packages = new Set(imported.filter((target) => !isOwn(target) && !isNodes(target)).map(packageOf));
    expect([...packages].toSorted()).toEqual(Object.keys(foldersOf).toSorted());
  });
});
