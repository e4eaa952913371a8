import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { textOf } from '../support/pages.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest: {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
} = JSON.parse(textOf('package.json'));

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const maxPackedBytes = 3_500_000;
const maxUnpackedBytes = 15_000_000;

describe('the package', () => {
  let packed: Packed;
  let paths: readonly string[];

  beforeAll(async () => {
    await buildService();
    const options = { cwd: root, maxBuffer: 10_000_000 };
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options);
    const [first]: readonly Packed[] = JSON.parse(stdout);
    if (first === undefined) throw new Error('npm packed nothing');
    packed = first;
    paths = first.files.map(({ path }) => path);
  }, buildTimeoutMs);

  it('holds every file that its commands and exports lead to', () => {
    const targets = [manifest.bin, ...Object.values(manifest.exports)].flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !paths.includes(target.replace('./', '')))).toEqual([]);
  });

  it('holds what the service reads when it runs', () => {
    for (const path of ['trusted-documents.json', 'dist/console/index.html', 'dist/command-line.js']) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^dist\/postgres\/migrations\/.*\.sql$/.test(path))).not.toEqual([]);
  });

  it('holds its documentation and the licence, and of the rest of the repository nothing', () => {
    for (const path of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE', 'docs/README.md']) {
      expect(paths).toContain(path);
    }
    const allowed =
      /^(dist|docs)\/|^[A-Z]+(\.md)?$|^(package|trusted-documents|session-policy\.schema)\.json$|^schema\.graphql$/;
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
    // What only the repository needs, and what an editor or a key store leaves behind.
    expect(paths.filter((path) => /(^|\/)\.|\.(test|env|pem|key|tsbuildinfo)\b/.test(path))).toEqual([]);
  });

  it('is small', () => {
    expect(packed.size).toBeLessThan(maxPackedBytes);
    expect(packed.unpackedSize).toBeLessThan(maxUnpackedBytes);
  });

  it('has a bill of materials of all that it depends on, with versions, hashes and licences', async () => {
    const { stdout } = await run('node', ['scripts/bill-of-materials.mjs'], { cwd: root, maxBuffer: 50_000_000 });
    const { bomFormat, components }: Bill = JSON.parse(stdout);
    expect(bomFormat).toBe('CycloneDX');
    const known = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const { packages }: Lock = JSON.parse(textOf('package-lock.json'));
    const installed = Object.entries(packages)
      .filter(([path, { dev, devOptional, optional }]) => path !== '' && !dev && !devOptional && !optional)
      .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`);
    expect(installed.length).toBeGreaterThan(200);
    expect(installed.filter((one) => !known.has(one))).toEqual([]);
    const incomplete = components.filter(
      ({ hashes = [], licenses = [] }) => hashes.length === 0 || licenses.length === 0,
    );
    expect(incomplete.map(({ name }) => name)).toEqual([]);
  });
});

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly name?: string;
        readonly version: string;
        readonly dev?: boolean;
        readonly devOptional?: boolean;
        readonly optional?: boolean;
      }
    >
  >;
}

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes?: readonly object[];
    readonly licenses?: readonly object[];
  }[];
}
