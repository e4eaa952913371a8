import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

export const shopId = 'a0000000-0000-4000-8000-000000000001';
export const minuteMs = 60_000;

/** A service whose session policy stands in a file. */
export interface PolicyFileScene extends AsyncDisposable {
  readonly service: TestService;
  /** Of the file. */
  readonly path: string;
  /** Has the policy be in force that these rules make, and waits for that. @returns its version. */
  setPolicy(rules: string, mode?: string, more?: string): Promise<string>;
  /** A user with a session on each device, the oldest first; null for one without a type. */
  userWithDevices(...types: readonly (string | null)[]): TestUser;
}

export async function startPolicyFileScene(): Promise<PolicyFileScene> {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'));
  const path = join(folder, 'policy.yaml');
  await writeFile(path, 'version: 1\nmode: observe\nrules: [{ name: first, allow: 999 }]');
  const service = await startTestService({ shopId, env: { POLICY_FILE: path } });
  return {
    service,
    path,
    async setPolicy(rules, mode = 'enforce', more = '') {
      // What one test ends must not be missing to the next.
      const bound = 'maxRevocationsPerMinute: 100000';
      // Replaced in one step, as deployments do.
      await writeFile(`${path}.new`, `version: 1\nmode: ${mode}\n${bound}\n${more}\nrules:\n${rules}`);
      await rename(`${path}.new`, path);
      await service.reload();
      const document = '{ sessionPolicy { version } }';
      const { sessionPolicy } = await service.data<{ sessionPolicy: { version: string } }>(document);
      return sessionPolicy.version;
    },
    userWithDevices(...types) {
      const user = service.user();
      const sessions = types.map((type, index) =>
        user.addSession({
          insertInstant: service.emulator.clock.now() - (types.length - index) * minuteMs,
          ...(type === null ? {} : { device: { type } }),
        }),
      );
      return { ...user, sessions };
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
