import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { startDemoFusionAuth } from '../../src/emulator/demo.js';
import { runPolicyCommand } from '../../src/policy-command.js';
import { createService } from '../../src/server.js';
import { textOf } from '../support/pages.js';
import { until } from '../support/policies.js';

const guide = 'docs/guides/limit-sessions.md';
const demoFusionAuth = 'http://127.0.0.1:9011';
const demoService = 'http://127.0.0.1:4000';
const policyProgram = 'node dist/main.js policy ';

interface Answer {
  readonly data: {
    readonly sessionPolicy?: {
      readonly mode: string;
      readonly version: string;
      readonly limits: readonly { readonly rule: string; readonly surplusSessionIds: readonly string[] }[];
    } | null;
    readonly enforcePolicy?: {
      readonly outcome: string;
      readonly revokedSessions: readonly {
        readonly sessionId: string;
        readonly policyRule: { readonly name: string };
      }[];
    };
  };
}

it('the guide leads from nothing to the first enforced limit, with its commands as they stand', async () => {
  const text = textOf(guide);
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block.trim());
  const [check, lookAhead, observe, show, enforce, limit, ...more] = blocks;
  expect(more).toEqual([]);

  const parsed = await loadConfig({ PORT: '0', LOG_LEVEL: 'silent', SETTINGS_MAX_AGE_MS: '100' });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  await using fusionAuth = await startDemoFusionAuth(0, parsed.secrets.fusionAuthApiKey);
  await using service = await createService({ ...parsed, fusionAuthUrl: fusionAuth.url });
  const folder = await mkdtemp(join(tmpdir(), 'guide-'));
  const env: Record<string, string | undefined> = {};
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '');

  /** The results of the program, one for each line that runs it. */
  const runProgram = async (block: string | undefined) => {
    const results = [];
    for (const line of block?.split('\n') ?? []) {
      const variables = /^export (.*)$/.exec(line)?.[1]?.split(' ') ?? [];
      for (const [name = '', value] of variables.map((one) => one.split('='))) {
        env[name] = value?.replace(demoFusionAuth, fusionAuth.url);
      }
      if (variables.length > 0) continue;
      expect(line).toMatch(policyProgram);
      const args = line.slice(policyProgram.length).split(' ');
      results.push(
        await runPolicyCommand(
          args.map((word) => (word === 'policy.yaml' ? policyFile : word)),
          env,
        ),
      );
    }
    return results;
  };
  const call = async (block: string | undefined): Promise<Answer> => {
    const command = `${block}`.replaceAll(demoFusionAuth, fusionAuth.url).replaceAll(demoService, service.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { env: { PATH: process.env['PATH'] } });
    return JSON.parse(stdout);
  };
  const modeIs = (mode: string) => async () => (await call(show)).data.sessionPolicy?.mode === mode;

  expect(await runProgram(check)).toMatchObject([{ exitCode: 0 }]);
  const [simulated, explained] = await runProgram(lookAhead);
  expect([simulated?.problem, explained?.problem]).toEqual(['', '']);
  // The exit code says that sessions would end.
  expect([simulated?.exitCode, explained?.exitCode]).toEqual([1, 1]);
  await call(observe);
  await until(modeIs('OBSERVE'));
  const before = (await call(show)).data.sessionPolicy;
  expect(before?.limits.map(({ rule }) => rule)).toEqual(['phones', 'everyone-else']);
  const surplus = before?.limits.flatMap(({ surplusSessionIds }) => surplusSessionIds) ?? [];
  expect(surplus.length).toBeGreaterThan(0);
  await call(enforce);
  await until(modeIs('ENFORCE'));
  const ended = (await call(limit)).data.enforcePolicy;
  expect(ended?.outcome).toBe('COMPLETE');
  expect(ended?.revokedSessions.map(({ sessionId }) => sessionId).toSorted()).toEqual(surplus.toSorted());
  const after = (await call(show)).data.sessionPolicy;
  expect(after?.limits.flatMap(({ surplusSessionIds }) => surplusSessionIds)).toEqual([]);
  await rm(folder, { recursive: true });
});
