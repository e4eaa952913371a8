import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildService, buildTimeoutMs } from '../support/build.js';

let folder: string;

beforeAll(async () => {
  folder = join(await buildService(), 'bundle');
}, buildTimeoutMs);

const read = (name: string) => readFile(join(folder, name), 'utf8');

/** A chunk, and those that are loaded with it, by name. */
async function loadedWith(name: string, found = new Map<string, string>()): Promise<ReadonlyMap<string, string>> {
  if (found.has(name)) return found;
  const code = await read(name);
  found.set(name, code);
  for (const imported of importsOf(code)) if (imported.startsWith('./')) await loadedWith(imported.slice(2), found);
  return found;
}

function importsOf(code: string): readonly string[] {
  const statements = code.matchAll(/^(?:import|export) (?:[^'"\n]* from )?"([^"\n]+)";$/gm);
  return [...statements].flatMap(([, specifier]) => specifier ?? []);
}

/** The files that a chunk was made of. */
const partsOf = (code: string) => [...code.matchAll(/^\s*\/\/ (\S+\.m?js)$/gm)].flatMap(([, path]) => path ?? []);

describe('the bundle of the service', () => {
  it('reads no package when it starts', async () => {
    const chunks = await loadedWith('server.js');
    const packages = [...chunks.values()]
      .flatMap(importsOf)
      .filter((specifier) => !specifier.startsWith('./') && !specifier.startsWith('node:'))
      .filter((specifier) => !builtinModules.includes(specifier));
    expect(packages).toEqual([]);
  });

  it('carries nothing at its start that only few need', async () => {
    const parts = [...(await loadedWith('server.js')).values()].flatMap(partsOf).join('\n');
    expect(parts).toContain('graphql');
    for (const name of ['prom-client', '@fastify/static', 'node-fetch', 'usage-reporting-protobuf', 'emulator/demo']) {
      expect(parts).not.toContain(name);
    }
  });

  it('holds one graphql, whose objects are all of the same classes', async () => {
    const parts = [...(await loadedWith('server.js')).values()].flatMap(partsOf);
    const ofGraphQL = parts.filter((path) => path.includes('node_modules/graphql/'));
    expect(ofGraphQL.length).toBeGreaterThan(50);
    expect(ofGraphQL.filter((path) => !path.endsWith('.mjs'))).toEqual([]);
  });

  it('carries the licence of each package that it holds', async () => {
    const parts = [...(await loadedWith('server.js')).values()].flatMap(partsOf);
    const packages = new Set(
      parts.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\//.exec(path)?.[1] ?? []),
    );
    const licences = await read('LICENSES.txt');
    expect(packages.size).toBeGreaterThan(20);
    for (const name of packages) expect(licences).toMatch(new RegExp(`^${name} \\S+ \\(`, 'm'));
  });
});
