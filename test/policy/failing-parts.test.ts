import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it, vi } from 'vitest';
import { deliverTo, runsOf, startPolicyService, until } from '../support/policies.js';
import { sharedPostgres } from '../support/postgres.js';
import type { TestService } from '../support/service.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [`${root}scripts/build.mjs`, '--if-needed'], { cwd: root });
});

/** A replica in a process of its own, with a policy of two sessions for everybody. */
async function startReplica(beside: TestService, databaseUrl: string, policyFile: string) {
  const child: ChildProcess & { stdout: NodeJS.ReadableStream } = spawn(process.execPath, [`${root}dist/main.js`], {
    env: {
      PORT: '0',
      FUSIONAUTH_URL: beside.emulator.url,
      FUSIONAUTH_API_KEY: beside.emulator.apiKey,
      DATABASE_URL: databaseUrl,
      POLICY_FILE: policyFile,
      POLICY_SWEEP_INTERVAL_SECONDS: '0',
      WEBHOOK_USERNAME: 'fusionauth',
      WEBHOOK_PASSWORD: 'a-password-of-enough-characters',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const { msg, url } = line.startsWith('{') ? JSON.parse(line) : {};
    if (msg === 'listening') return { child, url: String(url) };
  }
  throw new Error('It does not start');
}

it('a replica that is killed between the event and the enforcement leaves it to another one', async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  await using staying = await startPolicyService({ events: 'none', env: { DATABASE_URL: databaseUrl } });
  const { emulator } = staying;
  const folder = await mkdtemp(join(tmpdir(), 'policy-'));
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, 'version: 1\nmode: enforce\nrules:\n  - name: everybody\n    allow: 2\n');
  const { child, url } = await startReplica(staying, databaseUrl, policyFile);
  deliverTo({ url, emulator }, ['user.login.success']);
  const user = staying.user({ sessions: 3 });
  const rule = emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', fault: { kind: 'hang' } });
  const { refreshTokenId } = await user.login();
  await emulator.events.settled();
  child.kill('SIGKILL');
  await once(child, 'exit');
  rule.remove();
  expect(user.liveIds()).toHaveLength(4);
  await until(() => user.liveIds().length === 2);
  expect(user.liveIds()[0]).toBe(refreshTokenId);
  await until(() => runsOf(staying).some(({ triggers, ended }) => triggers.includes('signIn') && ended === 2));
  await rm(folder, { recursive: true });
});

it('while the database is away a sign-in ends nothing, and is kept: the user is limited once it is back', async () => {
  const databaseUrl = new URL(await (await sharedPostgres()).createDatabase());
  await using way = await startTcpProxy(Number(databaseUrl.port));
  databaseUrl.port = `${way.port}`;
  const limits = { DATABASE_STATEMENT_TIMEOUT_MS: '500', DATABASE_CONNECT_TIMEOUT_MS: '500' };
  await using service = await startPolicyService({
    events: ['user.login.success'],
    env: { ...limits, DATABASE_URL: databaseUrl.href },
  });
  const [before, meanwhile] = [service.user({ sessions: 3 }), service.user({ sessions: 3 })];
  await before.login();
  await until(() => before.liveIds().length === 2);
  way.set('closed');
  const { refreshTokenId } = await meanwhile.login();
  await until(() => runsOf(service).some(({ outcome }) => outcome === 'failed'));
  expect(meanwhile.liveIds()).toHaveLength(4);
  way.set('open');
  await until(() => meanwhile.liveIds().length === 2);
  expect(meanwhile.liveIds()[0]).toBe(refreshTokenId);
});
