import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoIds, seedDemo } from '../../src/emulator/demo-data.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { runPolicyCommand } from '../../src/policy-command.js';

let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  emulator = await startEmulator();
  seedDemo(emulator.store);
});

afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function fileWith(text: string): Promise<string> {
  const path = join(folder, 'policy.yaml');
  await writeFile(path, text);
  return path;
}

const header = 'version: 1\nmode: enforce\nrules:\n';

function run(...args: readonly string[]) {
  return runPolicyCommand(args, { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: emulator.apiKey });
}

describe('policy check', () => {
  it('ends with 0 for a policy without a fault, and with its version', async () => {
    const path = await fileWith(`${header}  - { name: one, allow: 1 }`);
    const { output, exitCode } = await runPolicyCommand(['check', path], {});
    expect(exitCode).toBe(0);
    expect(output).toMatch(/: 1 rules, mode enforce, version [0-9a-f]{12}\n$/);
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

  it('finds rules that can never match, two on one budget, and applications that FusionAuth does not have', async () => {
    const gone = 'a0000000-0000-4000-8000-0000000000dd';
    const path = await fileWith(
      `${header}  - { name: shop, allow: 1, when: { applications: [${demoIds.shop}, ${gone}] } }
  - { name: admins, allow: 1, when: { applications: [${demoIds.shop}], roles: [admin] } }
  - { name: all, allow: 3 }
  - { name: again, allow: 4 }`,
    );
    const { output, exitCode } = await run('check', path, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      ok: false,
      problems: [],
      findings: [
        { rule: 'admins', message: 'can never match: shop comes first and takes all its sessions' },
        { rule: 'again', message: 'is about the same budget as all, which comes first: it never matters' },
        { rule: 'shop', message: `names the application ${gone}, which FusionAuth does not have` },
      ],
    });
  });
});

describe('policy explain', () => {
  it('says which rule, how many count and which would end, and ends none', async () => {
    const path = await fileWith(`${header}  - { name: shop, allow: 2, when: { applications: [${demoIds.shop}] } }`);
    const before = emulator.store.sessionsOf(demoIds.alice).length;
    const { output, exitCode } = await run('explain', '--user', demoIds.alice, '--file', path, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      rules: [{ rule: 'shop', matches: true, allow: 2, wouldEnd: [demoIds.aliceShopTablet] }],
      unlimited: [demoIds.aliceSingleSignOn, demoIds.aliceConsoleDesktop],
    });
    expect(emulator.store.sessionsOf(demoIds.alice)).toHaveLength(before);
  });

  it('reads the policy of the tenant where no file is named', async () => {
    const { output } = await run('explain', '--user', demoIds.bob, '--json');
    expect(JSON.parse(output)).toMatchObject({
      mode: 'observe',
      rules: [{ rule: 'phones' }, { rule: 'everyone-else' }],
    });
  });

  it('ends with 2 for what is no user, and says what would be right', async () => {
    expect(await run('explain', '--user', 'alice')).toEqual({
      output: '',
      problem: '--user: must be the id of a user, a UUID\n',
      exitCode: 2,
    });
  });
});

describe('policy simulate', () => {
  it('says how many sessions would end, by rule, and ends none', async () => {
    const path = await fileWith(`${header}  - { name: one, allow: 1, sso: keep-all }`);
    const { output, exitCode } = await run('simulate', '--file', path, '--json');
    expect(exitCode).toBe(1);
    // Alice has four application sessions and one of single sign-on, Bob two, Carol one.
    expect(JSON.parse(output)).toMatchObject({
      usersWithSessions: 3,
      usersOver: 2,
      sessions: 8,
      wouldEnd: 4,
      rules: [{ rule: 'one', wouldEnd: 4 }],
      unread: 0,
    });
    expect(emulator.store.sessionsOf(demoIds.alice)).toHaveLength(5);
  });

  it('looks at no more users than the sample', async () => {
    const { output } = await run('simulate', '--sample', '2', '--json');
    expect(JSON.parse(output)).toMatchObject({ users: 2 });
  });
});
