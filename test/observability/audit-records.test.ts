import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { programUnderTest } from '../support/program.js';

const { build, endAfterTest } = programUnderTest();

const serviceKey = 'demo-service-key-of-the-test';
const fusionAuthKey = 'demo-fusionauth-key-of-the-test';

interface Demo {
  readonly child: ChildProcess;
  readonly url: string;
  readonly emulatorUrl: string;
}

async function startDemo(stdout: number | 'pipe'): Promise<Demo> {
  const [port, emulatorPort] = [await freePort(), await freePort()];
  const env = {
    PORT: String(port),
    EMULATOR_PORT: String(emulatorPort),
    DEMO_SERVICE_KEY: serviceKey,
    DEMO_FUSIONAUTH_API_KEY: fusionAuthKey,
    USER_LOCK_MAX_WAIT_MS: '1000',
  };
  const child = spawn(process.execPath, [`${build()}/main.js`], { env, stdio: ['ignore', stdout, 'ignore'] });
  endAfterTest(child);
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(() =>
      fetch(`${url}/health/live`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  return { child, url, emulatorUrl: `http://127.0.0.1:${emulatorPort}` };
}

async function signIn({ emulatorUrl }: Demo): Promise<string> {
  const response = await fetch(`${emulatorUrl}/api/login`, {
    method: 'POST',
    headers: { authorization: fusionAuthKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      loginId: 'alice@example.com',
      password: 'password',
      applicationId: 'a0000000-0000-4000-8000-000000000001',
    }),
  });
  return ((await response.json()) as { refreshTokenId: string }).refreshTokenId;
}

async function revoke({ url }: Demo, sessionId: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome warnings { code } } }',
      variables: { id: sessionId },
    }),
  });
  const body = (await response.json()) as {
    data: { revokeSession: { outcome: string; warnings: readonly { code: string }[] } };
  };
  return body.data.revokeSession;
}

it('are out of the process before the answer: kill -9 right after it loses none', async () => {
  const file = `${build()}/audit.log`;
  const demo = await startDemo(openSync(file, 'w'));
  const ids: string[] = [];
  for (let index = 0; index < 40; index++) ids.push(await signIn(demo));
  const answers = await Promise.all(ids.map((id) => revoke(demo, id)));
  demo.child.kill('SIGKILL');
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['REVOKED']));
  await once(demo.child, 'exit');
  const log = await readFile(file, 'utf8');
  const recorded = log.split('\n').filter((line) => line.includes('"msg":"audit"'));
  for (const id of ids) expect(recorded.some((line) => line.includes(id))).toBe(true);
});

it('that nobody takes are said to be at risk, in answers and readiness, and SIGTERM still ends the process', async () => {
  const demo = await startDemo('pipe');
  const id = await signIn(demo);
  // A pipe holds 64 kB, and nobody reads this one. Lines of requests without credentials are bounded.
  const headers = { authorization: `Bearer ${serviceKey}`, 'x-request-id': 'x'.repeat(60) };
  for (let round = 0; round < 60; round++) {
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${demo.url}/graphql`, { headers })));
  }
  const answer = await revoke(demo, id);
  expect(answer.outcome).toBe('REVOKED');
  expect(answer.warnings.map(({ code }) => code)).toContain('AUDIT_NOT_WRITTEN');
  await expect.poll(() => fetch(`${demo.url}/health/ready`).then(({ status }) => status)).toBe(503);
  demo.child.kill('SIGTERM');
  await once(demo.child, 'exit');
});
