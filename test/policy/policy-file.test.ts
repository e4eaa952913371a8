import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PolicyFile } from '../../src/policy/policy-file.js';

const text = (...names: readonly string[]) =>
  ['version: 1', 'mode: enforce', 'rules:', ...names.map((name) => `  - { name: ${name}, allow: 3 }`), ''].join('\n');

let folder: string;
let path: string;
let file: PolicyFile;
const problems: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-file-'));
  path = join(folder, 'policy.yaml');
  await writeFile(path, text('first'));
  file = await PolicyFile.open(path, {
    policyInForce: () => undefined,
    policyNotUsable: (found) => problems.push(...found.map(({ message }) => message)),
  });
});

afterEach(async () => {
  file[Symbol.dispose]();
  problems.length = 0;
  await rm(folder, { recursive: true });
});

async function rulesAfter(looks: number): Promise<readonly string[]> {
  for (let count = 0; count < looks; count++) await file.look();
  return (await file.current()).rules.map(({ name }) => name);
}

describe('a policy file that changes', () => {
  it('in place is in force once it is whole: its beginning, though a policy in itself, never is', async () => {
    const whole = text('vip', 'everyone');
    await writeFile(path, whole.slice(0, whole.indexOf('  - { name: everyone')));
    expect(await rulesAfter(3)).toEqual(['first']);
    await writeFile(path, whole);
    expect(await rulesAfter(3)).toEqual(['first']);
    expect(await rulesAfter(6)).toEqual(['vip', 'everyone']);
  });

  it('by another file that takes its place is in force at the second look', async () => {
    await writeFile(`${path}.new`, text('second'));
    await rename(`${path}.new`, path);
    expect(await rulesAfter(2)).toEqual(['second']);
  });

  it('at once is read at once where that is asked for', async () => {
    await writeFile(path, text('second'));
    await file.reload();
    expect(await rulesAfter(0)).toEqual(['second']);
  });

  it('into one that cannot be read, or is gone, leaves the last good one, and says so once', async () => {
    await writeFile(path, 'version: 1\nmode: enforce\nrules: [');
    expect(await rulesAfter(8)).toEqual(['first']);
    expect(file.warnings()).toEqual(['POLICY_NOT_USABLE']);
    await rm(path);
    expect(await rulesAfter(8)).toEqual(['first']);
    expect(problems.filter((message) => message.startsWith('cannot be read'))).toEqual(['cannot be read (ENOENT)']);
    await writeFile(path, text('second'));
    expect(await rulesAfter(8)).toEqual(['second']);
    expect(file.warnings()).toEqual([]);
  });
});
