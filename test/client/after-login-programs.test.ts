import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const run = promisify(execFile);
const pathOf = (name: string) => fileURLToPath(new URL(`../../examples/after-login/${name}`, import.meta.url));

const programs = [{ language: 'Python', command: 'python3', arguments: [pathOf('after_login.py')] }];

for (const { language, command, arguments: given } of programs) {
  const isThere = spawnSync(command, ['--version']).status === 0;
  if (!isThere) process.stderr.write(`SKIPPED: ${command} is missing, so the program in ${language} is not tried.\n`);

  describe.skipIf(!isThere && process.env['CI'] === undefined)(`the program in ${language}`, () => {
    const afterLogin = async (service: TestService, permission: string, userId: string, sessionId: string) => {
      const key = service.key([permission]);
      const { stdout } = await run(command, [...given, service.url, key, userId, sessionId], { timeout: 30_000 });
      return stdout.trim();
    };

    it('tells what the service says, and tries again what may pass', async () => {
      await using service = await startTestService({ env: { FUSIONAUTH_MAX_ATTEMPTS: '1' } });
      const user = service.user({ sessions: 2 });
      const { refreshTokenId: id } = await user.login();
      const path = '/api/jwt/refresh';
      service.emulator.faults.add({ path, times: 1, fault: { kind: 'status', status: 503 } });
      expect(await afterLogin(service, 'session:enforce', user.id, id)).toBe('kept');
      expect(user.liveIds()).toEqual([id]);
      await user.login();
      expect(await afterLogin(service, 'session:enforce', user.id, id)).toBe('superseded');
      const unknown = 'f0000000-0000-4000-8000-00000000000f';
      expect(await afterLogin(service, 'session:enforce', user.id, unknown)).toBe('notLive');
      expect(await afterLogin(service, 'session:read', user.id, id)).toBe('rejected');
      service.emulator.faults.add({ path, fault: { kind: 'status', status: 503 } });
      expect(await afterLogin(service, 'session:enforce', user.id, id)).toBe('incomplete');
    });
  });
}
