import { expect, it } from 'vitest';
import { seedDemo } from '../../src/emulator/demo-data.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { runPolicyCommand } from '../../src/policy-command.js';

it('policy simulate says why users could not be read, and asks a FusionAuth that fails for no more than a few of them', async () => {
  await using failing = await startEmulator();
  seedDemo(failing.store);
  for (let count = 0; count < 40; count++) failing.store.addUser({ email: `user-${count}@example.com` });
  failing.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'status', status: 401 } });
  const env = { FUSIONAUTH_URL: failing.url, FUSIONAUTH_API_KEY: failing.apiKey };
  const { output, exitCode } = await runPolicyCommand(['simulate'], env);
  expect(output).toMatch(/^44 users could not be read: .*GET \/api\/jwt\/refresh: answered 401/m);
  expect(exitCode).toBe(2);
  expect(failing.calls.count({ path: '/api/jwt/refresh' })).toBeLessThan(20);
  const { output: json } = await runPolicyCommand(['simulate', '--json'], env);
  expect(JSON.parse(json)).toMatchObject({ unread: 44, unreadBecause: expect.stringContaining('answered 401') });
});
