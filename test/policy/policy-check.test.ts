import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPolicyCommand } from '../../src/policy-command.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, 'policy.yaml');
  await writeFile(path, text);
  return path;
}

const header = 'version: 1\nmode: enforce\nrules:\n';

describe('policy check', () => {
  it('ends with 0 for a policy without a fault, and with its version', async () => {
    const path = await fileWith(`${header}  - { name: one, allow: 1 }`);
    const { output, exitCode } = await runPolicyCommand(['check', path], {});
    expect(exitCode).toBe(0);
    expect(output).toMatch(/: 1 rule, mode enforce, version [0-9a-f]{12}\n$/);
  });

  it('names each fault with its line, and ends with 1', async () => {
    const path = await fileWith('version: 1\nmode: on\nrules: [{ name: one }]');
    const { output, exitCode } = await runPolicyCommand(['check', path], {});
    expect(exitCode).toBe(1);
    expect(output.split('\n')).toEqual([
      `${path}:2:7: mode: must be observe or enforce`,
      `${path}:3:9: rules[0].allow: must be a whole number from 1 to 999`,
      '',
    ]);
  });
});

describe('policy check of standard input', () => {
  const checked = (...chunks: readonly (string | Uint8Array)[]) =>
    runPolicyCommand(['check', '-'], {}, Readable.from(chunks));

  it('reads it to its end, whatever its parts, and names it in each fault', async () => {
    const text = Buffer.from(`${header}  - { name: one, allow: 0 } # für alle\n`);
    const parts = [...text].map((byte) => Buffer.from([byte]));
    expect(await checked(...parts)).toEqual({
      output: 'standard input:4:25: rules[0].allow: must be from 1 to 999\n',
      problem: '',
      exitCode: 1,
    });
    expect(await checked(`${header}  - { name: one, allow: 1 }`)).toMatchObject({
      output: expect.stringMatching(/^standard input: 1 rule, mode enforce, version [0-9a-f]{12}\n$/),
      exitCode: 0,
    });
  });

  it('reads no more than a policy may have', async () => {
    const endless = async function* () {
      for (;;) yield '#'.repeat(1_024);
    };
    const { output, exitCode } = await runPolicyCommand(['check', '-'], {}, endless());
    expect([output, exitCode]).toEqual(['standard input: must have at most 65536 bytes\n', 1]);
  });
});

it('policy check ends with 2 for a file that cannot be read, which says nothing about a policy', async () => {
  for (const path of [join(folder, 'none.yaml'), folder]) {
    expect(await runPolicyCommand(['check', path], {})).toMatchObject({ exitCode: 2 });
  }
});

describe('policy check of exemptions', () => {
  const everybody = 'exempt: { users: [b0000000-0000-4000-8000-000000000001], roles: [service], whenMoreThan: 3 }';

  it('finds rules that they leave nobody', async () => {
    const path = await fileWith(
      `${header}  - { name: bots, allow: 1, when: { roles: [service] } }
  - { name: alice, allow: 1, when: { users: [b0000000-0000-4000-8000-000000000001] } }
  - { name: both, allow: 1, when: { roles: [service, admin] } }
  - { name: within, allow: 2, when: { userData: { plan: a } } }
  - { name: asked, allow: 3, overflow: deny-new, when: { userData: { plan: b } } }
  - { name: full, allow: 4, overflow: deny-new, when: { userData: { plan: c } } }
  - { name: all, allow: 3 }
${everybody}`,
    );
    const { output, exitCode } = await runPolicyCommand(['check', path, '--json'], {});
    const exempt = (count: number) =>
      `never limits anybody: whoever has ${count} sessions is exempt, because whenMoreThan is 3`;
    expect([exitCode, JSON.parse(output).findings]).toEqual([
      1,
      [
        { rule: 'bots', message: 'never limits anybody: all its roles are exempt' },
        { rule: 'alice', message: 'never limits anybody: all its users are exempt' },
        { rule: 'full', message: exempt(4) },
        { rule: 'all', message: exempt(4) },
      ],
    ]);
  });
});

it.each([
  ['UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${header}  - { name: one, allow: 1 }`, 'utf16le')],
  ['Latin-1', Buffer.from(`${header}  - { name: one, allow: 1, when: { userData: { plan: élargie } } }`, 'latin1')],
])('policy check refuses a file in %s', async (_what, bytes) => {
  const path = join(folder, 'encoded.yaml');
  await writeFile(path, bytes);
  const { output, exitCode } = await runPolicyCommand(['check', path], {});
  expect([output, exitCode]).toEqual([`${path}: must be text in UTF-8: save it as such\n`, 1]);
});
