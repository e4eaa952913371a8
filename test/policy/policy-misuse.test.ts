import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.js';
import { runPolicyCommand } from '../../src/policy-command.js';

const userId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';

it.each([
  [[], 'Missing: check, explain or simulate'],
  [['chek', 'policy.yaml'], 'policy takes check, explain or simulate'],
  [['check'], 'Missing: FILE'],
  [['check', 'one.yaml', 'two.yaml'], 'One FILE at a time, not also two.yaml'],
  [['explain', 'policy.yaml'], 'explain takes its policy by --file'],
  [['simulate', 'policy.yaml'], 'simulate takes its policy by --file'],
  [['check', '--file', 'policy.yaml'], 'check takes its FILE without --file'],
  [['check', 'policy.yaml', '--sample', '5'], 'check takes no --sample'],
  [['explain', '--user', userId, '--sample', '5'], 'explain takes no --sample'],
  [['simulate', '--user', userId], 'simulate takes no --user'],
  [['check', ''], 'FILE is empty'],
  [['explain', '--user', userId, '--file', ''], 'FILE is empty'],
])('policy %j says what is wrong, and how to call it', async (args, wrong) => {
  const { output, problem, exitCode } = await runPolicyCommand(args, {});
  expect([output, exitCode]).toEqual(['', 2]);
  expect(problem.startsWith(`${wrong}\n\nUsage: fusionauth-sessions policy check`), problem).toBe(true);
});

it('policy says of a user whom FusionAuth does not have that there is none, whatever its rules ask', async () => {
  await using emulator = await startEmulator();
  const tenant = emulator.store.tenantOrThrow(emulator.store.defaultTenantId);
  tenant.data = { sessionPolicy: { version: 1, mode: 'observe', rules: [{ name: 'all', allow: 1 }] } };
  const env = { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: emulator.apiKey };
  const explain = (id: string, more = {}) => runPolicyCommand(['explain', '--user', id], { ...env, ...more });
  expect(await explain(userId)).toMatchObject({ exitCode: 2, problem: `--user: FusionAuth has no user ${userId}\n` });
  const { id } = emulator.store.addUser({ email: 'ann@example.com' });
  expect(await explain(id)).toMatchObject({ exitCode: 0, problem: '' });
  const { problem } = await explain(id, { FUSIONAUTH_API_KEY: 'of-nobody' });
  expect(problem).toMatch(/^FusionAuth refused the call \(.*: answered 401\)\n$/);
});

it('policy explain reads the policy from standard input, too', async () => {
  await using emulator = await startEmulator();
  const { id } = emulator.store.addUser({ email: 'ann@example.com' });
  const env = { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: emulator.apiKey };
  const input = Readable.from(['version: 1\nmode: enforce\nrules: [{ name: all, allow: 1 }]']);
  const { output } = await runPolicyCommand(['explain', '--user', id, '--file', '-'], env, input);
  expect(output).toMatch(/^policy .*\nall: 0 count, 1 may stay/);
});

it('policy needs in production no key of a service that it does not start', async () => {
  const { problem } = await runPolicyCommand(['explain', '--user', userId], { NODE_ENV: 'production' });
  expect(problem).toBe('FUSIONAUTH_URL: is not set: this command asks a FusionAuth\n');
});
