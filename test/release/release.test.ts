import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const files = [
  'package.json',
  'package-lock.json',
  'compose.yaml',
  'Dockerfile',
  'docs/guides/deploy.md',
  'deploy/helm/fusionauth-sessions/Chart.yaml',
  'schema.graphql',
];

/** What a release changes, as it is now. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-'));
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  const text = await textOf('package.json');
  await writeFile(join(folder, 'package.json'), text.replace(/"version": ".*"/, `"version": "${version}"`));
  for (const file of files.slice(1)) {
    const now = JSON.parse(text).version;
    const before = await textOf(file);
    // In the lock the first two are this package, and others may have the same version.
    const isLock = file === 'package-lock.json';
    const after = isLock ? before.replace(now, version).replace(now, version) : before.replaceAll(now, version);
    await writeFile(join(folder, file), after);
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** No dependency has it. */
const version = '0.77.7';

const textOf = (file: string) => readFile(join(folder, file), 'utf8');
const release = (...args: readonly string[]) =>
  run('node', [join(root, 'scripts/release.mjs'), ...args, '--in', folder]).catch(
    (error: { readonly stderr: string }) => ({ stdout: '', stderr: error.stderr }),
  );
const changelog = (text: string) => writeFile(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## Unreleased\n\n${text}`);

describe('the preparation of a release', () => {
  it('writes the version wherever it stands, dates the changes, and keeps the schema for the next comparison', async () => {
    await changelog('### Fixed\n\n- A thing.\n\n## 0.77.7 - 2026-01-01\n\n- The first.\n');
    const { stdout, stderr } = await release('0.77.8', '--date', '2026-12-01');
    expect(stderr).toBe('');
    expect(stdout).toContain('tag it v0.77.8');
    for (const file of files) expect(await textOf(file), file).not.toContain('0.77.7');
    const manifest = JSON.parse(await textOf('package.json'));
    const lock = JSON.parse(await textOf('package-lock.json'));
    const chart = parse(await textOf('deploy/helm/fusionauth-sessions/Chart.yaml'));
    expect([manifest.version, lock.version, lock.packages[''].version]).toEqual(['0.77.8', '0.77.8', '0.77.8']);
    expect([chart.version, chart.appVersion]).toEqual(['0.77.8', '0.77.8']);
    expect(await textOf('CHANGELOG.md')).toContain('## Unreleased\n\n## 0.77.8 - 2026-12-01\n\n### Fixed');
    expect(await textOf('schema.released.graphql')).toBe(await textOf('schema.graphql'));
    expect((await release('--notes')).stdout).toBe('### Fixed\n\n- A thing.\n\n');
  });

  it.each([
    ['too low for what breaks callers', '0.77.8', '- Breaking: `Session.id` is gone.\n\n## 0.77.7 - 2026-01-01\n'],
    ['no higher than the last one', '0.77.7', '- A thing.\n\n## 0.77.7 - 2026-01-01\n'],
    ['of another form', '0.78', '- A thing.\n\n## 0.77.7 - 2026-01-01\n'],
    ['without a change', '0.78.0', '## 0.77.7 - 2026-01-01\n'],
  ])('refuses a version that is %s, and changes nothing', async (_what, given, text) => {
    await changelog(text);
    const before = await Promise.all(['CHANGELOG.md', ...files].map(textOf));
    expect((await release(given)).stderr).not.toBe('');
    expect(await Promise.all(['CHANGELOG.md', ...files].map(textOf))).toEqual(before);
  });
});

describe('the version', () => {
  it('has one form in the changelog', async () => {
    const text = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
    const headings = text.match(/^## .*$/gm) ?? [];
    expect(headings[0]).toBe('## Unreleased');
    expect(headings.slice(1).filter((heading) => !/^## \d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/.test(heading))).toEqual([]);
  });
});
