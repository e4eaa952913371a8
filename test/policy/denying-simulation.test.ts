import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { demoIds, seedDemo } from '../../src/emulator/demo-data.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { runPolicyCommand } from '../../src/policy-command.js';

it('policy simulate and explain say of a rule that denies new sessions that none would end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'denying-'));
  await using emulator = await startEmulator();
  seedDemo(emulator.store);
  const path = join(folder, 'policy.yaml');
  await writeFile(path, 'version: 1\nmode: enforce\nrules: [{ name: one, allow: 1, overflow: deny-new }]\n');
  const run = (...args: readonly string[]) =>
    runPolicyCommand([...args, '--file', path, '--json'], {
      FUSIONAUTH_URL: emulator.url,
      FUSIONAUTH_API_KEY: emulator.apiKey,
    });
  const simulated = await run('simulate');
  expect(JSON.parse(simulated.output)).toMatchObject({
    wouldEnd: 0,
    usersOver: 0,
    rules: [{ matches: 3, wouldEnd: 0 }],
  });
  const explained = await run('explain', '--user', demoIds.alice);
  expect(JSON.parse(explained.output)).toMatchObject({ rules: [{ counted: { length: 4 }, wouldEnd: [] }] });
  expect([simulated.exitCode, explained.exitCode]).toEqual([0, 0]);
  await rm(folder, { recursive: true });
});
